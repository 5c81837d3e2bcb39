namespace Kcl;

/// <summary>
/// Thrown by a processor to report that this instance cannot continue. The worker creates a new one after a pause, and the shard resumes at
/// its last checkpoint. Other shards are not affected.
/// </summary>
/// <remarks>Throw it; there is no need to catch it.</remarks>
/// <param name="message">Why the instance cannot continue.</param>
/// <param name="innerException">The cause.</param>
public sealed class ProcessorUnusableException(string message, Exception? innerException = null)
    : KclException(message, innerException)
{
    /// <inheritdoc />
    public override bool IsTransient => true;
}
