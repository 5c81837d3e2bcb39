using System.Net;
using Kcl.Internal;
using Kcl.Kinesis.Diagnostics;
using Kcl.Kinesis.Operations.Consumers;
using Kcl.Kinesis.Operations.Reading;
using Kcl.Kinesis.Operations.Topology;
using Kcl.Kinesis.Operations.Writing;
using Kcl.Kinesis.Transport;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kcl.Kinesis;

/// <summary>A client of Kinesis Data Streams. Safe for concurrent use; one client per process and endpoint is sufficient.</summary>
/// <remarks>The client connects and resolves credentials with its first call.</remarks>
public sealed class KinesisClient : IKinesisClient, IFanOutClient, IAsyncDisposable, IDisposable
{
    private readonly KinesisTransport _transport;
    private readonly SubscriptionOpener _subscriptions;

    /// <summary>Creates a client.</summary>
    /// <param name="options">The endpoint, credentials, retries and connections. They are copied: later changes have no effect.</param>
    /// <param name="loggerFactory">Creates the logger of the client, which logs retries at Debug; null for no log.</param>
    /// <param name="timeProvider">The clock; null for <see cref="TimeProvider.System"/>.</param>
    /// <param name="random">
    /// The source of random pauses between retries; null for <c>Random.Shared</c>. It need not be thread-safe: the client uses it
    /// under a lock.
    /// </param>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is null.</exception>
    /// <exception cref="ConfigurationException">The options are not valid; the message lists every problem.</exception>
    public KinesisClient(
        KinesisClientOptions options, ILoggerFactory? loggerFactory = null, TimeProvider? timeProvider = null, Random? random = null)
        : this(options, handler: null, Environment.GetEnvironmentVariable, loggerFactory, timeProvider, random)
    {
    }

    internal KinesisClient(
        KinesisClientOptions options,
        HttpMessageHandler? handler,
        Func<string, string?> environment,
        ILoggerFactory? loggerFactory = null,
        TimeProvider? timeProvider = null,
        Random? random = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        var frozen = options.Freeze();
        var logger = QueuedLoggerFactory.Wrap(loggerFactory ?? NullLoggerFactory.Instance).CreateLogger<KinesisClient>();
        var time = timeProvider ?? TimeProvider.System;
#pragma warning disable RS0030 // The composition root of callers that pass no random source.
        var chance = new Chance(random ?? Random.Shared);
#pragma warning restore RS0030
        _transport = new(frozen, handler ?? CreateHandler(frozen), new(frozen, environment), time, chance, logger);
        _subscriptions = new(_transport.Streams);
    }

    /// <inheritdoc />
    IFanOutClient? IKinesisClient.FanOut => this;

    /// <inheritdoc />
    public DateTimeOffset? ServiceTime => _transport.ServiceClock.Estimate;

    /// <inheritdoc />
    public Task CreateStreamAsync(StreamName streamName, int shardCount, CancellationToken cancellationToken = default) =>
        CallAsync(
            new(KinesisOperation.CreateStream, streamName),
            StreamCodec.WriteCreate(_transport.Format, streamName, shardCount),
            cancellationToken);

    /// <inheritdoc />
    public Task DeleteStreamAsync(
        StreamIdentifier stream, bool enforceConsumerDeletion = false, CancellationToken cancellationToken = default) =>
        CallAsync(
            new(KinesisOperation.DeleteStream, stream),
            StreamCodec.WriteDelete(_transport.Format, stream, enforceConsumerDeletion),
            cancellationToken);

    /// <inheritdoc />
    public Task<StreamDescriptionSummary> DescribeStreamSummaryAsync(
        StreamIdentifier stream, CancellationToken cancellationToken = default) =>
        CallAsync(
            new(KinesisOperation.DescribeStreamSummary, stream),
            StreamCodec.WriteDescribe(_transport.Format, stream),
            static (body, format) => StreamCodec.ReadSummary(body.Memory, format),
            cancellationToken);

    /// <inheritdoc />
    public Task<ListStreamsPage> ListStreamsAsync(ListStreamsRequest request, CancellationToken cancellationToken = default) =>
        CallAsync(
            new(KinesisOperation.ListStreams, null),
            StreamCodec.WriteList(_transport.Format, request),
            static (body, format) => StreamCodec.ReadList(body.Memory, format),
            cancellationToken);

    /// <inheritdoc />
    public Task<ListShardsPage> ListShardsAsync(ListShardsRequest request, CancellationToken cancellationToken = default) =>
        CallAsync(
            new(KinesisOperation.ListShards, request.Stream),
            ShardListCodec.Write(_transport.Format, request),
            static (body, format) => ShardListCodec.Read(body.Memory, format),
            cancellationToken);

    /// <inheritdoc />
    public Task<string> GetShardIteratorAsync(
        StreamIdentifier stream, ShardId shardId, StartingPosition position, CancellationToken cancellationToken = default) =>
        CallAsync(
            new(KinesisOperation.GetShardIterator, stream, shardId),
            GetShardIteratorCodec.Write(_transport.Format, stream, shardId, position),
            static (body, format) => GetShardIteratorCodec.Read(body.Memory, format),
            cancellationToken);

    /// <inheritdoc />
    public Task<GetRecordsResult> GetRecordsAsync(GetRecordsRequest request, CancellationToken cancellationToken = default) =>
        _transport.CallAsync(
            new(KinesisOperation.GetRecords, request.Stream),
            GetRecordsCodec.Write(_transport.Format, request),
            GetRecordsCodec.Read,
            request.ReuseBuffer,
            cancellationToken);

    /// <inheritdoc />
    public Task<PutRecordResult> PutRecordAsync(
        StreamIdentifier stream, PutRecordEntry record, CancellationToken cancellationToken = default) =>
        CallAsync(
            new(KinesisOperation.PutRecord, stream),
            PutRecordsCodec.WriteOne(_transport.Format, stream, record),
            static (body, format) => PutRecordsCodec.ReadOne(body.Memory, format),
            cancellationToken);

    /// <inheritdoc />
    /// <exception cref="ArgumentException">There are no records, or more than 500.</exception>
    public Task<IReadOnlyList<PutRecordsResultEntry>> PutRecordsAsync(
        StreamIdentifier stream, IReadOnlyList<PutRecordEntry> records, CancellationToken cancellationToken = default)
    {
        var count = records.Count;
        if (count is < 1 or > PutRecordsBatcher.MaxRecords)
        {
            throw new ArgumentException(
                $"There are {count} records; one call must have 1 to {PutRecordsBatcher.MaxRecords}. "
                    + $"{nameof(KinesisClientExtensions.PutAllRecordsAsync)} puts any number.",
                nameof(records));
        }

        return CallAsync<IReadOnlyList<PutRecordsResultEntry>>(
            new(KinesisOperation.PutRecords, stream),
            PutRecordsCodec.WriteMany(_transport.Format, stream, records),
            (body, format) => PutRecordsCodec.ReadMany(body.Memory, format) is var entries && entries.Count == count
                ? entries
                : throw new FormatException($"it has the results of {entries.Count} records, but {count} records were put"),
            cancellationToken);
    }

    /// <inheritdoc />
    public Task SplitShardAsync(
        StreamIdentifier stream, ShardId shardToSplit, UInt128 newStartingHashKey, CancellationToken cancellationToken = default) =>
        CallAsync(
            new(KinesisOperation.SplitShard, stream, shardToSplit),
            ReshardingCodec.WriteSplit(_transport.Format, stream, shardToSplit, newStartingHashKey),
            cancellationToken);

    /// <inheritdoc />
    public Task MergeShardsAsync(
        StreamIdentifier stream, ShardId shardToMerge, ShardId adjacentShardToMerge, CancellationToken cancellationToken = default) =>
        CallAsync(
            new(KinesisOperation.MergeShards, stream, shardToMerge),
            ReshardingCodec.WriteMerge(_transport.Format, stream, shardToMerge, adjacentShardToMerge),
            cancellationToken);

    /// <inheritdoc />
    public Task UpdateShardCountAsync(StreamIdentifier stream, int targetShardCount, CancellationToken cancellationToken = default) =>
        CallAsync(
            new(KinesisOperation.UpdateShardCount, stream),
            ReshardingCodec.WriteUpdateCount(_transport.Format, stream, targetShardCount),
            cancellationToken);

    /// <inheritdoc />
    public Task<StreamConsumer> RegisterStreamConsumerAsync(
        StreamArn stream, string consumerName, CancellationToken cancellationToken = default) =>
        CallAsync(
            new(KinesisOperation.RegisterStreamConsumer, stream, Consumer: consumerName),
            ConsumerCodec.WriteByName(_transport.Format, stream, consumerName),
            static (body, format) => ConsumerCodec.ReadOne("Consumer"u8, body.Memory, format),
            cancellationToken);

    /// <inheritdoc />
    public Task<StreamConsumer> DescribeStreamConsumerAsync(
        StreamArn stream, string consumerName, CancellationToken cancellationToken = default) =>
        CallAsync(
            new(KinesisOperation.DescribeStreamConsumer, stream, Consumer: consumerName),
            ConsumerCodec.WriteByName(_transport.Format, stream, consumerName),
            static (body, format) => ConsumerCodec.ReadOne("ConsumerDescription"u8, body.Memory, format),
            cancellationToken);

    /// <inheritdoc />
    public Task<StreamConsumer> DescribeStreamConsumerAsync(ConsumerArn consumer, CancellationToken cancellationToken = default) =>
        CallAsync(
            new(KinesisOperation.DescribeStreamConsumer, consumer.Stream, Consumer: consumer.ConsumerName),
            ConsumerCodec.WriteByArn(_transport.Format, consumer),
            static (body, format) => ConsumerCodec.ReadOne("ConsumerDescription"u8, body.Memory, format),
            cancellationToken);

    /// <inheritdoc />
    public Task<ListStreamConsumersPage> ListStreamConsumersAsync(
        ListStreamConsumersRequest request, CancellationToken cancellationToken = default) =>
        CallAsync(
            new(KinesisOperation.ListStreamConsumers, request.Stream),
            ConsumerCodec.WriteList(_transport.Format, request),
            static (body, format) => ConsumerCodec.ReadPage(body.Memory, format),
            cancellationToken);

    /// <inheritdoc />
    public Task DeregisterStreamConsumerAsync(ConsumerArn consumer, CancellationToken cancellationToken = default) =>
        CallAsync(
            new(KinesisOperation.DeregisterStreamConsumer, consumer.Stream, Consumer: consumer.ConsumerName),
            ConsumerCodec.WriteByArn(_transport.Format, consumer),
            cancellationToken);

    /// <inheritdoc />
    public Task<IShardSubscription> SubscribeToShardAsync(
        SubscribeToShardRequest request, CancellationToken cancellationToken = default) =>
        _subscriptions.OpenAsync(request, cancellationToken);

    /// <summary>Closes the connections. Calls in progress fail.</summary>
    public void Dispose() => _transport.Dispose();

    /// <summary>Closes the connections. Calls in progress fail.</summary>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    private static SocketsHttpHandler CreateHandler(KinesisClientOptions options) => new()
    {
        ConnectTimeout = options.ConnectTimeout,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        ActivityHeadersPropagator = null,

        // The addresses of the service change, and only new connections use the new addresses.
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),

        // For subscriptions: many streams share a connection, each needs 2 MiB/s over any distance, and a broken connection must be
        // detected.
        EnableMultipleHttp2Connections = true,
        InitialHttp2StreamWindowSize = 1024 * 1024,
        KeepAlivePingDelay = TimeSpan.FromSeconds(20),
        KeepAlivePingTimeout = TimeSpan.FromSeconds(10),
        KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
    };

    private Task<T> CallAsync<T>(
        CallSubject subject, ReadOnlyMemory<byte> body, ResponseDecoder<T> decode, CancellationToken cancellationToken) =>
        _transport.CallAsync(subject, body, decode, pooled: false, cancellationToken);

    // Operations without a result have an empty body or an empty map.
    private Task<bool> CallAsync(CallSubject subject, ReadOnlyMemory<byte> body, CancellationToken cancellationToken) =>
        _transport.CallAsync(subject, body, static (_, _) => true, pooled: true, cancellationToken);
}
