namespace Kcl;

/// <summary>
/// A processor that can become unusable between calls, for example because it depends on a process or a connection, and can report it.
/// </summary>
/// <remarks>
/// Implementing it is optional: a <see cref="ProcessorUnusableException"/> from the next call has the same effect, but later.
/// </remarks>
public interface IMonitoredProcessor : IShardRecordProcessor
{
    /// <summary>
    /// Gets a token that is cancelled when this instance cannot continue. The worker then creates a new one immediately, and the shard
    /// resumes at its last checkpoint. Read after <see cref="IShardRecordProcessor.InitializeAsync"/>.
    /// </summary>
    CancellationToken Unusable { get; }
}
