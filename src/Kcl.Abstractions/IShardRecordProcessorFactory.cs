namespace Kcl;

/// <summary>Creates a processor for each shard and lease.</summary>
public interface IShardRecordProcessorFactory
{
    /// <summary>
    /// Creates a processor. Called when a lease is acquired and the parents of the shard are finished, and again when a processor must be
    /// replaced.
    /// </summary>
    /// <param name="shardId">The shard to process.</param>
    /// <returns>A processor that no other shard uses.</returns>
    IShardRecordProcessor Create(ShardId shardId);
}
