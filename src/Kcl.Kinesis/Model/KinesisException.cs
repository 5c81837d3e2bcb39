namespace Kcl.Kinesis;

/// <summary>A call of Kinesis failed, after the retries that could have helped.</summary>
/// <param name="code">What kind of failure.</param>
/// <param name="message">The operation, the resource, what the service said, and the remedy where there is one.</param>
/// <param name="errorType">The service's own name for the error.</param>
/// <param name="statusCode">The HTTP status.</param>
/// <param name="requestId">The service's id of the request.</param>
/// <param name="innerException">What caused it.</param>
public sealed class KinesisException(KinesisErrorCode code, string message, string? errorType = null, int? statusCode = null, string? requestId = null, Exception? innerException = null)
    : KclException(message, innerException)
{
    /// <summary>What kind of failure.</summary>
    public KinesisErrorCode Code { get; } = code;

    /// <summary>The service's own name for the error, for example <c>ProvisionedThroughputExceededException</c>.</summary>
    public string? ErrorType { get; } = errorType;

    /// <summary>The HTTP status; null where no answer came.</summary>
    public int? StatusCode { get; } = statusCode;

    /// <summary>The service's id of the request, for its support.</summary>
    public string? RequestId { get; } = requestId;

    /// <inheritdoc />
    public override bool IsTransient => KinesisErrorCodes.IsTransient(Code);
}
