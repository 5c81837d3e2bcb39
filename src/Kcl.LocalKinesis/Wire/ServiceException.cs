namespace Kcl.LocalKinesis.Wire;

/// <summary>A refusal in the service's own words: its error type, its message, its HTTP status. Only the request pipeline catches it.</summary>
internal sealed class ServiceException(string type, string message, int status = 400) : Exception(message)
{
    /// <summary>The service's name for the error, as it stands in <c>__type</c>.</summary>
    public string Type { get; } = type;

    /// <summary>The HTTP status.</summary>
    public int Status { get; } = status;

    public static ServiceException InvalidArgument(string message) => new("InvalidArgumentException", message);

    public static ServiceException Validation(string message) => new("ValidationException", message);

    public static ServiceException Serialization(string message) => new("SerializationException", message);

    public static ServiceException NotFound(string message) => new("ResourceNotFoundException", message);

    public static ServiceException InUse(string message) => new("ResourceInUseException", message);

    public static ServiceException LimitExceeded(string message) => new("LimitExceededException", message);

    public static ServiceException Throttled(string message) => new("ProvisionedThroughputExceededException", message);

    public static ServiceException ExpiredIterator(string message) => new("ExpiredIteratorException", message);

    public static ServiceException ExpiredNextToken(string message) => new("ExpiredNextTokenException", message);

    public static ServiceException UnknownOperation(string message) => new("UnknownOperationException", message);
}
