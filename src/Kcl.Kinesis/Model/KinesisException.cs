namespace Kcl.Kinesis;

/// <summary>
/// The exception that is thrown when a call to Kinesis failed, after the retries that could help. <see cref="Code"/> is the kind of
/// failure.
/// </summary>
/// <remarks>
/// Catch this type around calls of the client. Throttling has the code <see cref="KinesisErrorCode.Throttled"/>; only lease stores and
/// checkpointers throw a <see cref="ThrottlingException"/>. <see cref="KclException.IsTransient"/> indicates whether the same call may
/// succeed later.
/// </remarks>
/// <param name="code">The kind of failure.</param>
/// <param name="message">The operation, the resource, the service's message, and what to check.</param>
/// <param name="innerException">The cause; null if there is none.</param>
public sealed class KinesisException(KinesisErrorCode code, string message, Exception? innerException = null)
    : KclException(message, innerException)
{
    /// <summary>Gets the kind of failure.</summary>
    public KinesisErrorCode Code { get; } = code;

    /// <summary>
    /// Gets the service's name for the error, for example <c>ProvisionedThroughputExceededException</c>; null if the service sent none.
    /// </summary>
    public string? ErrorType { get; init; }

    /// <summary>Gets the HTTP status; null if there was no response.</summary>
    public int? StatusCode { get; init; }

    /// <summary>Gets the service's identifier of the request, which AWS support needs; null if the service sent none.</summary>
    public string? RequestId { get; init; }

    /// <summary>
    /// Gets the message without what to check, for callers that know better what to check; null if the message has no such part.
    /// </summary>
    internal string? Problem { get; init; }

    /// <inheritdoc />
    public override bool IsTransient => KinesisErrorCodes.IsTransient(Code);
}
