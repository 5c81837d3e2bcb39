namespace Kcl.Streams;

/// <summary>Knows which shards exist and how they descend.</summary>
internal interface IShardDirectory
{
    /// <summary>
    /// Returns what the shard list says about a shard. The list is read after the call begins, so that it is not older than the question.
    /// </summary>
    /// <param name="shard">The shard.</param>
    /// <param name="cancellationToken">Abandons the call.</param>
    ValueTask<ShardListing> FindAsync(ShardRef shard, CancellationToken cancellationToken);

    /// <summary>
    /// Requests a new description of the stream. Called when the service rejects a position that was stored in a lease: the stream may
    /// have been deleted and created again.
    /// </summary>
    void RequestStreamCheck();
}
