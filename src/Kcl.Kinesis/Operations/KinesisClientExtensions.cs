using Kcl.Kinesis.Operations.Writing;

namespace Kcl.Kinesis;

/// <summary>Extension methods that combine several calls: complete lists, and puts of any number of records.</summary>
public static class KinesisClientExtensions
{
    /// <summary>Lists all shards, page by page.</summary>
    /// <param name="client">The client.</param>
    /// <param name="stream">The stream.</param>
    /// <param name="filter">The shards to list; null for all within the retention period.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The shards, in the order of the service.</returns>
    /// <exception cref="KinesisException">A call failed.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled.</exception>
    public static async Task<IReadOnlyList<Shard>> ListAllShardsAsync(
        this IKinesisClient client, StreamIdentifier stream, ShardFilter? filter = null, CancellationToken cancellationToken = default)
    {
        var shards = new List<Shard>();
        string? token = null;
        do
        {
            var page = await client.ListShardsAsync(
                new(stream) { Filter = filter, NextToken = token },
                cancellationToken).ConfigureAwait(false);
            shards.AddRange(page.Shards);
            token = page.NextToken;
        }
        while (token is not null);

        return shards;
    }

    /// <summary>
    /// Puts any number of records, in calls of at most 500 records and 5 MiB, and retries records that were throttled or failed with a
    /// service error.
    /// </summary>
    /// <remarks>
    /// A retried record is stored after those that succeeded before it, so the order within a partition key is preserved only if no record
    /// fails. A record whose call received no response may be stored twice.
    /// </remarks>
    /// <param name="client">The client.</param>
    /// <param name="stream">The stream.</param>
    /// <param name="records">The records.</param>
    /// <param name="options">The options for retries of failed records; null for the defaults.</param>
    /// <param name="cancellationToken">Cancels the operation; records may already have been stored.</param>
    /// <returns>One result per record, in the order given. A record that failed in every attempt has its last error.</returns>
    /// <exception cref="ConfigurationException">The options are not valid; the message lists every problem.</exception>
    /// <exception cref="KinesisException">A call failed as a whole. Records of earlier calls may have been stored.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled.</exception>
    public static Task<IReadOnlyList<PutRecordsResultEntry>> PutAllRecordsAsync(
        this IKinesisClient client,
        StreamIdentifier stream,
        IReadOnlyList<PutRecordEntry> records,
        PutAllRecordsOptions? options = null,
        CancellationToken cancellationToken = default) =>
        new PutRecordsBatcher(client, stream, (options ?? new()).Freeze()).PutAsync(records, cancellationToken);
}
