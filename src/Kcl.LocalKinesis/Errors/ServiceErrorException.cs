namespace Kcl.LocalKinesis.Errors;

/// <summary>An error response of the service. Operations throw it, and only the request pipeline catches it.</summary>
/// <param name="type">The service's name for the error, which the response contains as <c>__type</c>.</param>
/// <param name="message">The service's message.</param>
/// <param name="status">The HTTP status.</param>
internal sealed class ServiceErrorException(string type, string message, int status = 400) : Exception(message)
{
    /// <summary>Gets the service's name for the error.</summary>
    public string Type { get; } = type;

    /// <summary>Gets the HTTP status.</summary>
    public int Status { get; } = status;
}
