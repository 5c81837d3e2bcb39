using System.Collections.Concurrent;
using System.Threading.Channels;
using Kcl.Consuming;
using Kcl.Diagnostics;
using Kcl.Kinesis;
using Kcl.Leasing;
using Kcl.Retrieval;
using Kcl.Retrieval.Aggregates;
using Kcl.Streams;
using Kcl.Unit.Tests.Internal;
using Kcl.Unit.Tests.Retrieval;
using Microsoft.Extensions.Logging;

namespace Kcl.Unit.Tests.Consuming;

/// <summary>One shard with everything around it in memory, on a fake clock.</summary>
internal sealed class ShardHarness
{
    public static readonly ShardId Shard = new("shardId-000000000000");

    /// <summary>
    /// The distance by which the clock may advance while work is in progress: to the next read or attempt, but not to the checks and
    /// timeouts that apply if there is no progress.
    /// </summary>
    public static readonly TimeSpan Soon = TimeSpan.FromSeconds(9);

    public ShardHarness(ExtendedSequenceNumber? checkpoint = null)
    {
        Stream = new FakeStream(Clock, Shard);
        Lease = new FakeLease(Shard, checkpoint ?? ExtendedSequenceNumber.TrimHorizon);
        Options.Stream.Identifier = new StreamName("words");
        Options.Stream.InitialPosition = InitialPosition.TrimHorizon;
        Processor = new ScriptedProcessor(this);
    }

    public TestClock Clock { get; } = new();

    public FakeStream Stream { get; }

    public FakeLease Lease { get; }

    public FakeCoordination Coordination { get; } = new();

    public KinesisConsumerOptions Options { get; } = new() { MaxFailuresBeforeRelease = 4 };

    public ByteBudget Budget { get; set; } = new(64 << 20);

    public ScriptedProcessor Processor { get; }

    public LogCollector Logs { get; } = new();

    public KinesisConsumerServices Services => new()
    {
        KinesisClient = Stream,
        LeaseStore = null!,
        ProcessorFactory = Processor,
        LoggerFactory = Logs,
        TimeProvider = Clock,
        Random = new Random(7),
    };

    /// <summary>Creates the part that expands the aggregates of the shard, which is the only one.</summary>
    /// <param name="hashKeys">The shard's hash keys; null for all.</param>
    public ShardAggregates Aggregates(HashKeyRange? hashKeys = null) => new(
        Retrieval(hashKeys),
        new RecordDistribution(Options.Stream.Identifier, Stream, Clock, Logs),
        new AggregateReports(Clock, Logs));

    /// <summary>Creates the services of the retrieval of the shard.</summary>
    /// <param name="hashKeys">The shard's hash keys; null for all.</param>
    public RetrievalContext Retrieval(HashKeyRange? hashKeys = null) => new()
    {
        Shard = new(Options.Stream.Identifier, Shard),
        HashKeys = hashKeys ?? HashKeyRange.Whole,
        Settings = ConsumerSettings.CreateRetrieval(Options),
        Client = Stream,
        Directory = Coordination,
        Budget = Budget,
        Metrics = new ShardMetrics(Options.Stream.Identifier.Name, Shard),
        Logger = Logs,
        Time = Clock,
        Chance = new(new Random(7)),
    };

    /// <summary>Opens a source that reads from a checkpoint in a given way.</summary>
    /// <param name="read">Creates the reader.</param>
    /// <param name="checkpoint">The starting position; null for the oldest record.</param>
    /// <param name="hashKeys">The shard's hash keys; null for all.</param>
    /// <param name="stopFetching">Canceled when reading must stop.</param>
    public RecordSource Open(
        Func<RetrievalContext, ReadCursor, IShardReader> read,
        ExtendedSequenceNumber? checkpoint = null,
        HashKeyRange? hashKeys = null,
        CancellationToken stopFetching = default)
    {
        var context = Retrieval(hashKeys);
        var cursor = new ReadCursor(ReadPosition.From(StartPosition.From(checkpoint ?? ExtendedSequenceNumber.TrimHorizon)), Stream, Clock);
        return new(context, read(context, cursor), cursor, Aggregates(hashKeys), stopFetching);
    }

    public ShardConsumer Consumer() => Consumer(ConsumerSettings.CreateRecordSources(Options, Services, Budget));

    public ShardConsumer Consumer(RecordSourceFactory retrieval) =>
        new(Lease, Coordination, ConsumerSettings.CreateConsuming(Options), new(Processor, retrieval, Clock, new Random(7), Logs));

    /// <summary>Starts a consumer, advances the clock until it ends, and returns the outcome.</summary>
    public async Task<ShardConsumerOutcome> RunAsync(TimeSpan? atMost = null)
    {
        await using var consumer = Consumer();
        consumer.Start();
        return await Clock.RunUntilAsync(consumer.Completion, atMost ?? Soon);
    }
}

/// <summary>A coordination that returns what a test sets.</summary>
internal sealed class FakeCoordination : IShardCoordination
{
    public TaskCompletionSource ParentsFinished { get; set; } = Done();

    public ShardListing Listing { get; set; } = new(true, true, []);

    public Func<ShardListing>? OnLookUp { get; set; }

    public ConcurrentQueue<Exception> Faults { get; } = [];

    public ConcurrentQueue<Exception> ChildFaults { get; } = [];

    public ConcurrentQueue<IReadOnlyList<ChildShard>> ChildrenCreated { get; } = [];

    public Func<CancellationToken, Task>? BeforeChildren { get; set; }

    public int LookUps { get; private set; }

    public int Suspicions { get; private set; }

    public void RequestStreamCheck() => Suspicions++;

    public async ValueTask WhenParentsFinishedAsync(Lease lease, CancellationToken cancellationToken)
    {
        if (Faults.TryDequeue(out var fault))
        {
            throw fault;
        }

        await ParentsFinished.Task.WaitAsync(cancellationToken);
    }

    public async ValueTask CreateChildLeasesAsync(IHeldLease held, IReadOnlyList<ChildShard> children, CancellationToken cancellationToken)
    {
        if (BeforeChildren is { } before)
        {
            await before(cancellationToken);
        }

        cancellationToken.ThrowIfCancellationRequested();
        if (ChildFaults.TryDequeue(out var fault))
        {
            throw fault;
        }

        ChildrenCreated.Enqueue(children);
    }

    public ValueTask<ShardListing> FindAsync(ShardRef shard, CancellationToken cancellationToken)
    {
        LookUps++;
        return new(OnLookUp?.Invoke() ?? Listing);
    }

    private static TaskCompletionSource Done()
    {
        var done = new TaskCompletionSource();
        done.SetResult();
        return done;
    }
}

/// <summary>
/// A processor that records its calls and runs the test's code in each. It is also the factory; each instance has a number.
/// </summary>
internal sealed class ScriptedProcessor(ShardHarness harness) : IShardRecordProcessorFactory
{
    private readonly Channel<string> _events = Channel.CreateUnbounded<string>();
    private readonly ConcurrentQueue<string> _log = [];
    private int _running;

    public int Instances { get; private set; }

    public Func<int, InitializationInput, CancellationToken, ValueTask>? OnInitialize { get; set; }

    public Func<int, ProcessRecordsInput, CancellationToken, ValueTask>? OnRecords { get; set; }

    public Func<int, ShardEndedInput, CancellationToken, ValueTask>? OnShardEnded { get; set; }

    public Func<int, ShutdownRequestedInput, CancellationToken, ValueTask>? OnShutdown { get; set; }

    public Func<int, CancellationToken, ValueTask>? OnLeaseLost { get; set; }

    public Func<int, ValueTask>? OnDispose { get; set; }

    /// <summary>
    /// Gets the calls so far: <c>initialize@position</c>, <c>records:1,2</c>, <c>ended</c>, <c>shutdown</c>, <c>lost</c>, <c>disposed</c>;
    /// those of later instances start with their number.
    /// </summary>
    public IReadOnlyList<string> Calls => [.. _log];

    /// <summary>Gets the numbers of all delivered records, in order, including replays.</summary>
    public IReadOnlyList<long> Delivered => [.. _log.SelectMany(Numbers)];

    public bool Overlapped { get; private set; }

    public ICheckpointer? Checkpointer { get; private set; }

    public IShardRecordProcessor Create(ShardId shardId)
    {
        Assert.Equal(ShardHarness.Shard, shardId);
        return new Instance(this, ++Instances);
    }

    /// <summary>Advances the clock as far as other code waits for it, until a call begins whose description starts with a text.</summary>
    public async Task<string> WhenAsync(string call, TimeSpan? atMost = null) =>
        await harness.Clock.RunUntilAsync(FindAsync(call), atMost ?? ShardHarness.Soon);

    private static IEnumerable<long> Numbers(string call) =>
        call.Contains("records:", StringComparison.Ordinal)
            ? call[(call.LastIndexOf(':') + 1)..]
                .Split(',', StringSplitOptions.RemoveEmptyEntries)
                .Select(n => long.Parse(n.Split('/')[0], System.Globalization.CultureInfo.InvariantCulture))
            : [];

    private async Task<string> FindAsync(string call)
    {
        while (true)
        {
            var next = await _events.Reader.ReadAsync();
            if (next.StartsWith(call, StringComparison.Ordinal))
            {
                return next;
            }
        }
    }

    private async ValueTask CallAsync(int instance, string call, Func<ValueTask>? script)
    {
        Overlapped |= Interlocked.Increment(ref _running) > 1;
        try
        {
            var text = instance == 1 ? call : $"{instance}:{call}";
            _log.Enqueue(text);
            _events.Writer.TryWrite(text);
            await Task.Yield();
            if (script is not null)
            {
                await script();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    private sealed class Instance(ScriptedProcessor owner, int number) : IShardRecordProcessor, IAsyncDisposable
    {
        public ValueTask InitializeAsync(InitializationInput input, CancellationToken cancellationToken) =>
            owner.CallAsync(
                number,
                $"initialize@{input.Position}",
                owner.OnInitialize is { } script ? () => script(number, input, cancellationToken) : null);

        public ValueTask ProcessRecordsAsync(ProcessRecordsInput input, CancellationToken cancellationToken)
        {
            owner.Checkpointer = input.Checkpointer;
            return owner.CallAsync(
                number,
                $"records:{string.Join(',', input.Records.Select(r => r.Position))}",
                owner.OnRecords is { } script ? () => script(number, input, cancellationToken) : null);
        }

        public ValueTask LeaseLostAsync(LeaseLostInput input, CancellationToken cancellationToken) =>
            owner.CallAsync(number, "lost", owner.OnLeaseLost is { } script ? () => script(number, cancellationToken) : null);

        public ValueTask ShardEndedAsync(ShardEndedInput input, CancellationToken cancellationToken) =>
            owner.CallAsync(number, "ended", owner.OnShardEnded is { } script ? () => script(number, input, cancellationToken) : null);

        public ValueTask ShutdownRequestedAsync(ShutdownRequestedInput input, CancellationToken cancellationToken) =>
            owner.CallAsync(number, "shutdown", owner.OnShutdown is { } script ? () => script(number, input, cancellationToken) : null);

        public ValueTask DisposeAsync() => owner.CallAsync(number, "disposed", owner.OnDispose is { } script ? () => script(number) : null);
    }
}

/// <summary>Records log entries.</summary>
internal sealed class LogCollector : ILoggerFactory, ILogger
{
    private readonly ConcurrentQueue<(LogLevel Level, EventId Event, string Message)> _entries = [];

    public IReadOnlyList<(LogLevel Level, EventId Event, string Message)> Entries => [.. _entries];

    /// <summary>
    /// Gets or sets the action that is called for each entry before it is recorded. Its exceptions reach the caller of the logger.
    /// </summary>
    public Action<int>? OnLog { get; set; }

    public int Count(int eventId) => _entries.Count(e => e.Event.Id == eventId);

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        OnLog?.Invoke(eventId.Id);
        _entries.Enqueue((logLevel, eventId, formatter(state, exception) + (exception is null ? "" : $" {exception}")));
    }

    public void Dispose()
    {
    }
}
