using Kcl.Kinesis;

namespace Kcl.Unit.Tests.Coordination;

/// <summary>A stream that supports only listing its shards.</summary>
internal sealed class ListedStream : IKinesisClient
{
    public IFanOutClient? FanOut => null;

    public IReadOnlyList<Shard>? Shards { get; set; } = [];

    public StreamArn? Arn { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? ServiceTime { get; set; }

    public int Listings { get; private set; }

    /// <summary>Gets or sets the task for which a listing waits.</summary>
    public Task BeforeList { get; set; } = Task.CompletedTask;

    /// <summary>Gets or sets the exception that a description throws.</summary>
    public Exception? DescriptionFailure { get; set; }

    public Task<StreamDescriptionSummary> DescribeStreamSummaryAsync(StreamIdentifier stream, CancellationToken cancellationToken) =>
        DescriptionFailure is { } failure ? throw failure
        : Shards is null
        ? throw NotFound("DescribeStreamSummary", $"{stream}")
        : Task.FromResult(new StreamDescriptionSummary
        {
            StreamName = stream.Name,
            StreamArn = Arn,
            Status = StreamStatus.Active,
            RetentionPeriod = TimeSpan.FromDays(1),
            CreationTimestamp = CreatedAt,
            OpenShardCount = Shards.Count(s => s.IsOpen),
        });

    public async Task<ListShardsPage> ListShardsAsync(ListShardsRequest request, CancellationToken cancellationToken)
    {
        Listings++;
        await BeforeList;
        var shards = Shards ?? throw NotFound("ListShards", "words");

        // One shard per page, so that there are several pages.
        var from = int.Parse(request.NextToken ?? "0", System.Globalization.CultureInfo.InvariantCulture);
        return new() { Shards = [.. shards.Skip(from).Take(1)], NextToken = from + 1 < shards.Count ? $"{from + 1}" : null };
    }

    private static KinesisException NotFound(string operation, string stream) =>
        new(KinesisErrorCode.ResourceNotFound, $"{operation} on http://localhost:4567: stream {stream} not found.");

    public Task<string> GetShardIteratorAsync(
        StreamIdentifier stream,
        ShardId shardId,
        StartingPosition position,
        CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<GetRecordsResult> GetRecordsAsync(GetRecordsRequest request, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task CreateStreamAsync(StreamName streamName, int shardCount, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task DeleteStreamAsync(StreamIdentifier stream, bool enforceConsumerDeletion, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<ListStreamsPage> ListStreamsAsync(ListStreamsRequest request, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<PutRecordResult> PutRecordAsync(StreamIdentifier stream, PutRecordEntry record, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<IReadOnlyList<PutRecordsResultEntry>> PutRecordsAsync(
        StreamIdentifier stream,
        IReadOnlyList<PutRecordEntry> records,
        CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task SplitShardAsync(
        StreamIdentifier stream,
        ShardId shardToSplit,
        UInt128 newStartingHashKey,
        CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task MergeShardsAsync(
        StreamIdentifier stream,
        ShardId shardToMerge,
        ShardId adjacentShardToMerge,
        CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task UpdateShardCountAsync(StreamIdentifier stream, int targetShardCount, CancellationToken cancellationToken) =>
        throw new NotSupportedException();
}
