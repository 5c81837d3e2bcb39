using Kcl.Kinesis.Transport;

namespace Kcl.Kinesis;

/// <summary>What is built from the operations: whole listings, puts of any number.</summary>
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

    /// <summary>Puts any number of records, in calls of at most 500 records and 5 MiB, and puts those again that failed for want of throughput or by a fault of the service.</summary>
    /// <remarks>
    /// A record that is put again comes after those that were stored the first time, so order within a partition key holds only as far as nothing fails.
    /// A record whose call got no answer may be stored twice.
    /// </remarks>
    /// <param name="client">The client.</param>
    /// <param name="stream">The stream.</param>
    /// <param name="records">The records.</param>
    /// <param name="options">How patiently failed records are put again; null for the defaults.</param>
    /// <param name="timeProvider">The clock; null for the system's.</param>
    /// <param name="random">Draws the pauses; null for one of its own. It must not be in use elsewhere at the same time.</param>
    /// <param name="cancellationToken">Abandons the call; records may have been stored all the same.</param>
    /// <returns>One result per record, in the order given; those that failed to the last have the last error.</returns>
    /// <exception cref="KinesisException">A call failed as a whole. Records before it may have been stored.</exception>
    public static Task<IReadOnlyList<PutRecordsResultEntry>> PutAllRecordsAsync(
        this IKinesisClient client,
        StreamIdentifier stream,
        IReadOnlyList<PutRecordEntry> records,
        PutAllRecordsOptions? options = null,
        TimeProvider? timeProvider = null,
        Random? random = null,
        CancellationToken cancellationToken = default)
    {
#pragma warning disable RS0030 // The composition root of whoever passes no random source of their own.
        return PutRecordsBatcher.PutAsync(client, stream, records, options ?? new(), timeProvider ?? TimeProvider.System, random ?? Random.Shared, cancellationToken);
#pragma warning restore RS0030
    }
}
