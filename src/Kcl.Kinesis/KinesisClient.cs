using System.Net;
using Kcl.Kinesis.Diagnostics;
using Kcl.Kinesis.FanOut;
using Kcl.Kinesis.Transport;
using Kcl.Kinesis.Wire;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kcl.Kinesis;

/// <summary>Kinesis Data Streams over HTTP. Safe for use by many callers at once; one per process and endpoint is enough.</summary>
/// <remarks>Nothing is connected, and no credentials are looked for, before the first call.</remarks>
public sealed class KinesisClient : IKinesisClient, IFanOutClient, IAsyncDisposable, IDisposable
{
    private const int MostRecordsOfPut = 500;
    private readonly KinesisTransport _transport;

    /// <summary>Creates a client.</summary>
    /// <param name="options">How to find and reach the service; a copy is taken.</param>
    /// <param name="loggerFactory">Where retries are logged, at Debug; null for nowhere.</param>
    /// <param name="timeProvider">The clock; null for the system's.</param>
    /// <param name="random">Draws the pauses between retries; null for one of its own. It is never used by two callers at once.</param>
    /// <exception cref="ConfigurationException">The options contradict each other.</exception>
    public KinesisClient(KinesisClientOptions options, ILoggerFactory? loggerFactory = null, TimeProvider? timeProvider = null, Random? random = null)
        : this(options, CreateHandler(options), Environment.GetEnvironmentVariable, loggerFactory, timeProvider, random)
    {
    }

    internal KinesisClient(
        KinesisClientOptions options, HttpMessageHandler handler, Func<string, string?> variable, ILoggerFactory? loggerFactory = null, TimeProvider? timeProvider = null, Random? random = null)
    {
        var frozen = options.Freeze();
        var logger = QueuedLoggerFactory.Wrap(loggerFactory ?? NullLoggerFactory.Instance).CreateLogger<KinesisClient>();
#pragma warning disable RS0030 // The composition root of whoever passes no random source of their own.
        _transport = new(frozen, handler, new(frozen, variable), timeProvider ?? TimeProvider.System, random ?? Random.Shared, logger);
#pragma warning restore RS0030
    }

    /// <inheritdoc />
    public DateTimeOffset? ServiceTime => _transport.ServiceClock.Estimate;

    /// <inheritdoc />
    public Task CreateStreamAsync(StreamName streamName, int shardCount, CancellationToken cancellationToken) =>
        CallAsync(new(KinesisOperation.CreateStream, streamName), Requests.CreateStream(_transport.Format, streamName, shardCount), cancellationToken);

    /// <inheritdoc />
    public Task DeleteStreamAsync(StreamIdentifier stream, bool enforceConsumerDeletion, CancellationToken cancellationToken) =>
        CallAsync(new(KinesisOperation.DeleteStream, stream), Requests.DeleteStream(_transport.Format, stream, enforceConsumerDeletion), cancellationToken);

    /// <inheritdoc />
    public Task<StreamDescriptionSummary> DescribeStreamSummaryAsync(StreamIdentifier stream, CancellationToken cancellationToken) =>
        CallAsync(
            new(KinesisOperation.DescribeStreamSummary, stream),
            Requests.OfStream(_transport.Format, stream),
            static (body, format) => Responses.DescribeStreamSummary(body.Memory, format),
            cancellationToken);

    /// <inheritdoc />
    public Task<ListStreamsPage> ListStreamsAsync(string? nextToken, int? limit, CancellationToken cancellationToken) =>
        CallAsync(
            new(KinesisOperation.ListStreams, null),
            Requests.ListStreams(_transport.Format, nextToken, limit),
            static (body, format) => Responses.ListStreams(body.Memory, format),
            cancellationToken);

    /// <inheritdoc />
    public Task<ListShardsPage> ListShardsAsync(ListShardsRequest request, CancellationToken cancellationToken) =>
        CallAsync(
            new(KinesisOperation.ListShards, request.Stream),
            Requests.ListShards(_transport.Format, request),
            static (body, format) => Responses.ListShards(body.Memory, format),
            cancellationToken);

    /// <inheritdoc />
    public Task<string> GetShardIteratorAsync(StreamIdentifier stream, ShardId shardId, StartingPosition position, CancellationToken cancellationToken) =>
        CallAsync(
            new(KinesisOperation.GetShardIterator, stream, shardId),
            Requests.GetShardIterator(_transport.Format, stream, shardId, position),
            static (body, format) => Responses.GetShardIterator(body.Memory, format),
            cancellationToken);

    /// <inheritdoc />
    public Task<GetRecordsResult> GetRecordsAsync(GetRecordsRequest request, CancellationToken cancellationToken) =>
        _transport.CallAsync(
            new(KinesisOperation.GetRecords, request.Stream), Requests.GetRecords(_transport.Format, request), GetRecordsResponse.Read, request.ReuseBuffer, cancellationToken);

    /// <inheritdoc />
    public Task<PutRecordResult> PutRecordAsync(StreamIdentifier stream, PutRecordEntry record, CancellationToken cancellationToken) =>
        CallAsync(
            new(KinesisOperation.PutRecord, stream),
            Requests.PutRecord(_transport.Format, stream, record),
            static (body, format) => Responses.PutRecord(body.Memory, format),
            cancellationToken);

    /// <inheritdoc />
    /// <exception cref="ArgumentException">There are no records, or more than 500.</exception>
    public Task<IReadOnlyList<PutRecordsResultEntry>> PutRecordsAsync(StreamIdentifier stream, IReadOnlyList<PutRecordEntry> records, CancellationToken cancellationToken)
    {
        var count = records.Count;
        return count is < 1 or > MostRecordsOfPut
            ? throw new ArgumentException($"One call puts 1 to {MostRecordsOfPut} records, not {count}: {nameof(KinesisClientExtensions.PutAllRecordsAsync)} takes any number.", nameof(records))
            : CallAsync<IReadOnlyList<PutRecordsResultEntry>>(
                new(KinesisOperation.PutRecords, stream),
                Requests.PutRecords(_transport.Format, stream, records),
                (body, format) => Responses.PutRecords(body.Memory, format) is var entries && entries.Count == count
                    ? entries
                    : throw new FormatException($"it tells of {entries.Count} records where {count} were put"),
                cancellationToken);
    }

    /// <inheritdoc />
    public Task SplitShardAsync(StreamIdentifier stream, ShardId shardToSplit, UInt128 newStartingHashKey, CancellationToken cancellationToken) =>
        CallAsync(new(KinesisOperation.SplitShard, stream, shardToSplit), Requests.SplitShard(_transport.Format, stream, shardToSplit, newStartingHashKey), cancellationToken);

    /// <inheritdoc />
    public Task MergeShardsAsync(StreamIdentifier stream, ShardId shardToMerge, ShardId adjacentShardToMerge, CancellationToken cancellationToken) =>
        CallAsync(new(KinesisOperation.MergeShards, stream, shardToMerge), Requests.MergeShards(_transport.Format, stream, shardToMerge, adjacentShardToMerge), cancellationToken);

    /// <inheritdoc />
    public Task UpdateShardCountAsync(StreamIdentifier stream, int targetShardCount, CancellationToken cancellationToken) =>
        CallAsync(new(KinesisOperation.UpdateShardCount, stream), Requests.UpdateShardCount(_transport.Format, stream, targetShardCount), cancellationToken);

    /// <inheritdoc />
    public Task<StreamConsumer> RegisterStreamConsumerAsync(StreamArn stream, string consumerName, CancellationToken cancellationToken) =>
        CallAsync(
            new(KinesisOperation.RegisterStreamConsumer, stream, Consumer: consumerName),
            ConsumerMessages.ByName(_transport.Format, stream, consumerName),
            static (body, format) => ConsumerMessages.One("Consumer"u8, body.Memory, format),
            cancellationToken);

    /// <inheritdoc />
    public Task<StreamConsumer> DescribeStreamConsumerAsync(StreamArn stream, string consumerName, CancellationToken cancellationToken) =>
        CallAsync(
            new(KinesisOperation.DescribeStreamConsumer, stream, Consumer: consumerName),
            ConsumerMessages.ByName(_transport.Format, stream, consumerName),
            static (body, format) => ConsumerMessages.One("ConsumerDescription"u8, body.Memory, format),
            cancellationToken);

    /// <inheritdoc />
    public Task<StreamConsumer> DescribeStreamConsumerAsync(ConsumerArn consumer, CancellationToken cancellationToken) =>
        CallAsync(
            new(KinesisOperation.DescribeStreamConsumer, consumer.Stream, Consumer: consumer.ConsumerName),
            ConsumerMessages.ByArn(_transport.Format, consumer),
            static (body, format) => ConsumerMessages.One("ConsumerDescription"u8, body.Memory, format),
            cancellationToken);

    /// <inheritdoc />
    public Task<ListStreamConsumersPage> ListStreamConsumersAsync(StreamArn stream, string? nextToken, int? limit, CancellationToken cancellationToken) =>
        CallAsync(
            new(KinesisOperation.ListStreamConsumers, stream),
            ConsumerMessages.List(_transport.Format, stream, nextToken, limit),
            static (body, format) => ConsumerMessages.Page(body.Memory, format),
            cancellationToken);

    /// <inheritdoc />
    public Task DeregisterStreamConsumerAsync(ConsumerArn consumer, CancellationToken cancellationToken) =>
        CallAsync(new(KinesisOperation.DeregisterStreamConsumer, consumer.Stream, Consumer: consumer.ConsumerName), ConsumerMessages.ByArn(_transport.Format, consumer), cancellationToken);

    /// <inheritdoc />
    public Task<IShardSubscription> SubscribeToShardAsync(SubscribeToShardRequest request, CancellationToken cancellationToken) =>
        _transport.Subscriptions.OpenAsync(request, cancellationToken);

    /// <summary>Closes the connections. Calls under way fail.</summary>
    public void Dispose() => _transport.Dispose();

    /// <summary>Closes the connections. Calls under way fail.</summary>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    private static SocketsHttpHandler CreateHandler(KinesisClientOptions options) => new()
    {
        ConnectTimeout = options.ConnectTimeout > TimeSpan.Zero ? options.ConnectTimeout : Timeout.InfiniteTimeSpan,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        ActivityHeadersPropagator = null,

        // The service's addresses change; a connection that lives for ever never learns of it.
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),

        // Subscriptions: many streams share a connection, each wants 2 MiB/s over whatever distance, and a connection that has died has to be noticed.
        EnableMultipleHttp2Connections = true,
        InitialHttp2StreamWindowSize = 1024 * 1024,
        KeepAlivePingDelay = TimeSpan.FromSeconds(20),
        KeepAlivePingTimeout = TimeSpan.FromSeconds(10),
        KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
    };

    private Task<T> CallAsync<T>(CallSubject subject, ReadOnlyMemory<byte> body, AnswerReader<T> read, CancellationToken cancellationToken) =>
        _transport.CallAsync(subject, body, read, pooled: false, cancellationToken);

    // Operations that answer with nothing are answered with nothing at all, or with an empty map.
    private Task<bool> CallAsync(CallSubject subject, ReadOnlyMemory<byte> body, CancellationToken cancellationToken) =>
        _transport.CallAsync(subject, body, static (_, _) => true, pooled: true, cancellationToken);
}
