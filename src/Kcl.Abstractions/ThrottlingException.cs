namespace Kcl;

/// <summary>
/// The lease store rejected a request because of its rate. The same call can succeed after a pause. Corresponds to
/// <c>ThrottlingException</c> in the Java KCL.
/// </summary>
/// <remarks>
/// Lease stores throw it. Throttling by Kinesis is a <c>KinesisException</c> whose <c>Code</c> is <c>Throttled</c>; the consumer handles it
/// and does not pass it on.
/// </remarks>
/// <param name="message">What was throttled.</param>
/// <param name="innerException">The cause.</param>
public sealed class ThrottlingException(string message, Exception? innerException = null)
    : KclException(message, innerException)
{
    /// <inheritdoc />
    public override bool IsTransient => true;
}
