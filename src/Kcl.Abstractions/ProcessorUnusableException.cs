namespace Kcl;

/// <summary>
/// A processor throws this exception to report that its instance cannot continue. After a pause, the worker creates another instance, and
/// the shard resumes at its last checkpoint. Other shards are not affected.
/// </summary>
/// <remarks>Processors throw this exception; nothing needs to catch it.</remarks>
/// <param name="message">The reason why the instance cannot continue.</param>
/// <param name="innerException">The cause.</param>
public sealed class ProcessorUnusableException(string message, Exception? innerException = null)
    : KclException(message, innerException)
{
    /// <inheritdoc />
    public override bool IsTransient => true;
}
