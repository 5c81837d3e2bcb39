using Kcl.Checkpointing;
using Kcl.Diagnostics;
using Kcl.Leasing;
using Kcl.Processing;
using Kcl.Retrieval;
using Kcl.Streams;
using Microsoft.Extensions.Logging;

namespace Kcl.Consuming;

/// <summary>The processor instances of one shard, one after the other, and where each of them begins to read.</summary>
/// <param name="lease">The shard's lease.</param>
/// <param name="coordination">What the coordination does for the shard.</param>
/// <param name="options">The consumer's frozen options.</param>
/// <param name="services">What the consumer stands on.</param>
/// <param name="retrieval">Opens what is read from.</param>
/// <param name="metrics">The shard's.</param>
/// <param name="logger">Of the processing.</param>
/// <param name="stopFetching">Cancelled when nothing more is to be fetched.</param>
internal sealed class ProcessorSessionFactory(
    IHeldLease lease,
    IShardCoordination coordination,
    KinesisConsumerOptions options,
    KinesisConsumerServices services,
    RecordSourceFactory retrieval,
    ShardMetrics metrics,
    ILogger logger,
    CancellationToken stopFetching)
{
    private readonly ILogger _retrievalLogger = services.LoggerFactory.CreateLogger(RecordSourceFactory.LogCategory);
    private readonly ShardId _shardId = lease.Current.ShardId;
    private ProcessorSession? _current;
    private ReadPosition? _origin;
    private long _unansweredSince;
    private long _sourceOpened;

    /// <summary>The session under way.</summary>
    public ProcessorSession? Current => Volatile.Read(ref _current);

    /// <summary>How long the current source has had no answer.</summary>
    public TimeSpan SinceAnswer => Current?.Source.SinceAnswer ?? services.TimeProvider.GetElapsedTime(_sourceOpened);

    /// <summary>How long this session has had no answer, whatever source asked.</summary>
    public TimeSpan SinceLastAnswer => Current?.Source.SinceAnswer ?? services.TimeProvider.GetElapsedTime(_unansweredSince);

    /// <summary>The session under way, or a new one at the last checkpoint.</summary>
    public ProcessorSession OpenOrCurrent()
    {
        if (Current is { } current)
        {
            return current;
        }

        var checkpoint = lease.Current.Checkpoint;
        if (StartOf(checkpoint).LacksInstant)
        {
            _retrievalLogger.TimestampMissing(_shardId);
        }

        _unansweredSince = services.TimeProvider.GetTimestamp();
        var session = new ProcessorSession(
            new ProcessorInvoker(services.ProcessorFactory, _shardId, options.SlowProcessorWarningAfter, services.TimeProvider, metrics, logger),
            new ShardCheckpointer(lease, metrics, services.TimeProvider),
            OpenSource(PositionOf(checkpoint)),
            services.TimeProvider);
        Volatile.Write(ref _current, session);
        return session;
    }

    /// <summary>Reads anew, after the last position delivered. The processor notices nothing.</summary>
    /// <param name="delivered">The last position delivered to the current processor; null for none.</param>
    public async ValueTask RestartRetrievalAsync(ExtendedSequenceNumber? delivered)
    {
        var session = Current!;
        var old = session.Source;
        if (old.SinceAnswer is { } sinceAnswer)
        {
            _unansweredSince = services.TimeProvider.GetTimestamp() - (long)(sinceAnswer.TotalSeconds * services.TimeProvider.TimestampFrequency);
        }

        _origin = old.Origin;
        await session.ReplaceSourceAsync(OpenSource(PositionOf(delivered ?? lease.Current.Checkpoint))).ConfigureAwait(false);
    }

    /// <summary>Ends the session under way, if there is one.</summary>
    public async ValueTask CloseAsync()
    {
        if (Interlocked.Exchange(ref _current, null) is { } session)
        {
            await session.DisposeAsync().ConfigureAwait(false);
            _origin = session.Source.Origin;
        }
    }

    /// <summary>Where the shard is read from, in a sentence: a named position with the instant that it stands for.</summary>
    public string DescribeStart() => StartOf(lease.Current.Checkpoint).ToString();

    // A named position means what it meant when the shard was first read here, not what it would mean now.
    private ReadPosition PositionOf(ExtendedSequenceNumber position) =>
        _origin is { } origin && !position.IsNumber ? origin : ReadPosition.From(StartOf(position));

    private StartPosition StartOf(ExtendedSequenceNumber checkpoint)
    {
        var stored = LeaseAnnotations.StartOf(lease.Current)?.Instant;
        var start = StartPosition.From(checkpoint, stored, options.Stream.InitialPosition.Timestamp);
        return start.IsLatest && lease.StartsAtTip ? StartPosition.Latest(instant: null) : start;
    }

    private IRecordSource OpenSource(ReadPosition position)
    {
        _sourceOpened = services.TimeProvider.GetTimestamp();
        return retrieval.Open(new(options.Stream.Identifier, _shardId), position, lease.Current.HashKeyRange, coordination, metrics, stopFetching);
    }
}
