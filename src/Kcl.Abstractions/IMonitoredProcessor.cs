namespace Kcl;

/// <summary>
/// A processor that can become unusable between calls, for example because it depends on a process or a connection, and can report it.
/// </summary>
/// <remarks>
/// Implementing this interface is optional: a <see cref="ProcessorUnusableException"/> from the next call has the same effect, but later:
/// with the next record of the shard. A decorator of a processor that implements it should implement it too and return the inner token.
/// </remarks>
public interface IMonitoredProcessor : IShardRecordProcessor
{
    /// <summary>
    /// Gets a token that is canceled when this instance cannot continue. The worker then immediately creates another instance, and the
    /// shard resumes at its last checkpoint. The worker reads this property after <see cref="IShardRecordProcessor.InitializeAsync"/>.
    /// </summary>
    CancellationToken Unusable { get; }
}
