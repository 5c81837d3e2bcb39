namespace Kcl.Kinesis;

/// <summary>What is built from the operations: whole listings, waits.</summary>
public static class KinesisClientExtensions
{
    /// <summary>Lists every shard, page by page.</summary>
    /// <param name="client">The client.</param>
    /// <param name="stream">The stream.</param>
    /// <param name="filter">Which shards; null for all within the retention period.</param>
    /// <param name="cancellationToken">Abandons the listing.</param>
    /// <returns>The shards, in the order the service lists them.</returns>
    public static async Task<IReadOnlyList<Shard>> ListAllShardsAsync(this IKinesisClient client, StreamIdentifier stream, ShardFilter? filter, CancellationToken cancellationToken)
    {
        var shards = new List<Shard>();
        string? token = null;
        do
        {
            var page = await client.ListShardsAsync(new(stream, filter, token), cancellationToken).ConfigureAwait(false);
            shards.AddRange(page.Shards);
            token = page.NextToken;
        }
        while (token is not null);

        return shards;
    }
}
