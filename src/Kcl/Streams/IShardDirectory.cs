namespace Kcl.Streams;

/// <summary>Knows which shards exist and how they descend.</summary>
internal interface IShardDirectory
{
    /// <summary>
    /// Looks a shard up in a shard list that was requested after this call: asked when a read says that the shard has ended but names no
    /// children, or that something does not exist.
    /// </summary>
    /// <param name="shard">The shard.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="KclException">The list is not available.</exception>
    ValueTask<ShardListing> FindAsync(ShardRef shard, CancellationToken cancellationToken);

    /// <summary>
    /// Reports that the service refused a position that was read from a lease: the stream may have been deleted and created again.
    /// </summary>
    void SuspectStream();
}
