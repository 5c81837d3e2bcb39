namespace Kcl;

/// <summary>A processor that may become unusable between calls, for example because it stands on a process or a connection that can die, and can say so.</summary>
/// <remarks>It need not be implemented: throwing <see cref="ProcessorUnusableException"/> from the next call says the same, later.</remarks>
public interface IMonitoredProcessor : IShardRecordProcessor
{
    /// <summary>Cancelled when this instance cannot go on: a new one is then made at once, and the shard resumes at its last checkpoint. Read after <see cref="IShardRecordProcessor.InitializeAsync"/>.</summary>
    CancellationToken Unusable { get; }
}
