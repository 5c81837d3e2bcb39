namespace Kcl.Streams;

/// <summary>Provides the shard list of a stream.</summary>
internal interface IShardDirectory
{
    /// <summary>
    /// Returns what the shard list shows about a shard. The list is requested after the call begins, so it is not older than the call.
    /// </summary>
    /// <param name="shard">The shard.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    ValueTask<ShardListing> FindAsync(ShardRef shard, CancellationToken cancellationToken);

    /// <summary>
    /// Requests a new description of the stream. Called when the service rejects a position that was stored in a lease: the stream may have
    /// been re-created.
    /// </summary>
    void RequestStreamCheck();
}
