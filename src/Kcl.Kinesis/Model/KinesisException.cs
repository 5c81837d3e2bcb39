namespace Kcl.Kinesis;

/// <summary>The exception for a call of Kinesis that failed, after the retries that could help. Its <see cref="Code"/> tells why.</summary>
/// <remarks>
/// Catch this type around calls of the client. Throttling has the code <see cref="KinesisErrorCode.Throttled"/> here; a
/// <see cref="ThrottlingException"/> comes from lease stores and checkpoints only. <see cref="KclException.IsTransient"/> tells whether the
/// same call may succeed later.
/// </remarks>
/// <param name="code">The kind of failure.</param>
/// <param name="message">The operation, the resource, the service's message, and what to check.</param>
/// <param name="errorType">The service's name for the error; null if it gave none.</param>
/// <param name="statusCode">The HTTP status; null without a response.</param>
/// <param name="requestId">The service's id of the request; null if it gave none.</param>
/// <param name="innerException">The cause; null if there is none.</param>
public sealed class KinesisException(
    KinesisErrorCode code,
    string message,
    string? errorType = null,
    int? statusCode = null,
    string? requestId = null,
    Exception? innerException = null)
    : KclException(message, innerException)
{
    /// <summary>Gets the kind of failure.</summary>
    public KinesisErrorCode Code { get; } = code;

    /// <summary>Gets the service's name for the error, for example <c>ProvisionedThroughputExceededException</c>.</summary>
    public string? ErrorType { get; } = errorType;

    /// <summary>Gets the HTTP status; null without a response.</summary>
    public int? StatusCode { get; } = statusCode;

    /// <summary>Gets the service's id of the request, which AWS support asks for.</summary>
    public string? RequestId { get; } = requestId;

    /// <inheritdoc />
    public override bool IsTransient => KinesisErrorCodes.IsTransient(Code);
}
