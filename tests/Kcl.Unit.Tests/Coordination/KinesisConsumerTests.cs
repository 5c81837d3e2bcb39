using Kcl.Kinesis;
using Kcl.Kinesis.Diagnostics;
using Kcl.Leasing.Holding;
using Kcl.Testing;
using Kcl.Unit.Tests.Consuming;
using Kcl.Unit.Tests.Internal;
using Kcl.Unit.Tests.Kinesis.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using static Kcl.Unit.Tests.Coordination.Shards;

namespace Kcl.Unit.Tests.Coordination;

/// <summary>Tests a worker before it starts. Its later behavior is tested with the simulation, on virtual time.</summary>
public sealed class KinesisConsumerTests
{
    private readonly TestClock _time = new();
    private readonly InMemoryLeaseStore _table = new();
    private readonly ListedStream _stream = new() { Shards = [Open(0, 0, 9), Open(1, 10, UInt128.MaxValue)] };

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public void Every_wrong_setting_is_named_in_one_message()
    {
        var failure = Assert.Throws<ConfigurationException>(() => Consumer(new()
        {
            FailoverTime = TimeSpan.Zero,
            MaxLeasesForWorker = 0,
            MaxRecords = 20_000,
            IdleTimeBetweenReads = TimeSpan.FromMilliseconds(1),
        }));
        Assert.All(
            [
                "ApplicationName is empty",
                "Stream.Identifier is not set",
                "FailoverTime",
                "MaxLeasesForWorker is 0; it must be at least 1",
                "MaxRecords is 20000; it must be between 1 and 10000",
                "IdleTimeBetweenReads",
            ],
            expected => Assert.Contains(expected, failure.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void The_name_of_the_application_is_that_of_the_lease_store()
    {
        Assert.Null(Refusal("app", "app"));
        Assert.Null(Refusal("", "app"));
        Assert.Null(Refusal("app", null));
        var mismatch = Refusal("app", "other");
        Assert.Contains("ApplicationName is 'app'", mismatch, StringComparison.Ordinal);
        Assert.Contains("application 'other'", mismatch, StringComparison.Ordinal);
        Assert.Contains("ApplicationName is empty", Refusal("", null), StringComparison.Ordinal);

        string? Refusal(string configured, string? ofStore) => Record.Exception(() => new KinesisConsumer(
            new() { ApplicationName = configured, Stream = new StreamName("words") },
            new()
            {
                KinesisClient = _stream,
                LeaseStore = new InMemoryLeaseStore(ofStore),
                ProcessorFactory = new NoProcessors(),
            }))?.Message;
    }

    [Fact]
    public async Task Options_that_change_after_construction_have_no_effect()
    {
        var options = Options();
        await using var consumer = Consumer(options);
        options.Stream.Identifier = new StreamName("other");
        options.Stream = new StreamName("another");
        _stream.Shards = null;
        var failure = await Assert.ThrowsAsync<InvalidStateException>(() => consumer.RunAsync(Cancelled));
        Assert.Contains("Stream words does not exist", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_stream_is_named_with_where_it_was_looked_for_and_a_remedy()
    {
        _stream.Shards = null;
        await using var consumer = Consumer(Options());
        var failure = await Assert.ThrowsAsync<InvalidStateException>(() => consumer.RunAsync(Cancelled));
        Assert.All(
            ["Stream words does not exist", "Create it", "http://localhost:4567"],
            expected => Assert.Contains(expected, failure.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_missing_stream_is_reported_with_one_remedy()
    {
        const string Problem = "DescribeStreamSummary of stream words in region eu-west-1 failed: not found.";
        _stream.DescriptionFailure = new KinesisException(KinesisErrorCode.ResourceNotFound, Problem + " Check the name.")
        {
            Problem = Problem,
        };
        await using var consumer = Consumer(Options());
        var failure = await Assert.ThrowsAsync<InvalidStateException>(() => consumer.RunAsync(Cancelled));
        Assert.EndsWith($"the account of the credentials. {Problem}", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_runs_once()
    {
        using var stop = new CancellationTokenSource();
        await using var consumer = Consumer(Options());
        var run = consumer.RunAsync(stop.Token);
        await Assert.ThrowsAsync<InvalidOperationException>(() => consumer.RunAsync(stop.Token));
        await stop.CancelAsync();
        await _time.RunUntilAsync(run);
    }

    [Fact]
    public async Task It_runs_once_also_when_a_service_starts_it_again_from_inside()
    {
        using var stop = new CancellationTokenSource();
        KinesisConsumer? consumer = null;
        Exception? inner = null;
        var log = new CallingLoggers(() => inner ??= Record.Exception(() => { _ = consumer!.RunAsync(stop.Token); }));
        await using var created = consumer = Consumer(Options(), log);
        log.IsArmed = true;
        var run = consumer.RunAsync(stop.Token);
        Assert.IsType<InvalidOperationException>(inner);
        await stop.CancelAsync();
        await _time.RunUntilAsync(run);
    }

    [Fact]
    public async Task A_service_that_blocks_the_start_does_not_block_the_gate()
    {
        using var entered = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        var log = new CallingLoggers(() =>
        {
            entered.Set();
            release.Wait(Cancelled);
        });
        await using var consumer = Consumer(Options(), log);
        log.IsArmed = true;
        using var stop = new CancellationTokenSource();
        var run = Task.Run(() => consumer.RunAsync(stop.Token), Cancelled);
        entered.Wait(Cancelled);

        // The second call needs the lock of the first: it fails immediately instead of waiting for the service.
        await Assert.ThrowsAsync<InvalidOperationException>(() => consumer.RunAsync(stop.Token));
        var disposal = consumer.DisposeAsync().AsTask();
        Assert.False(disposal.IsCompleted);
        release.Set();
        await _time.RunUntilAsync(run);
        await disposal;
    }

    [Fact]
    public async Task It_does_not_run_after_it_was_disposed()
    {
        var consumer = Consumer(Options());
        await consumer.DisposeAsync();
        await consumer.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => consumer.RunAsync(Cancelled));
    }

    [Fact]
    public async Task A_host_has_the_whole_log_when_the_run_is_over()
    {
        var log = new LogCollector();
        using var stop = new CancellationTokenSource();
        await using var consumer = Consumer(Options(), log);
        var run = consumer.RunAsync(stop.Token);
        await stop.CancelAsync();
        await _time.RunUntilAsync(run);
        Assert.Contains(log.Entries, e => e.Event.Id == 1100);
    }

    [Fact]
    public async Task A_log_that_blocks_delays_the_end_of_the_run_by_a_second_at_most()
    {
        var gate = new Gate();
        var log = new LogCollector { OnLog = _ => gate.Pass() };
        gate.Close();
        try
        {
            using var stop = new CancellationTokenSource();
            await using var consumer = Consumer(Options(), log);
            var run = consumer.RunAsync(stop.Token);
            await stop.CancelAsync();
            await gate.Blocked;
            await _time.RunUntilAsync(run);
            Assert.Empty(log.Entries);
        }
        finally
        {
            gate.Open();
        }
    }

    private static KinesisConsumerOptions Options() =>
        new() { ApplicationName = "app", Stream = new StreamName("words"), FailoverTime = TimeSpan.FromSeconds(10) };

    private KinesisConsumer Consumer(KinesisConsumerOptions options, ILoggerFactory? loggers = null) => new(
        options,
        new()
        {
            KinesisClient = _stream,
            LeaseStore = _table,
            ProcessorFactory = new NoProcessors(),
            LoggerFactory = loggers ?? NullLoggerFactory.Instance,
            TimeProvider = _time,
            Random = new Random(1),
        },
        static (_, _) => throw new NotSupportedException(),
        new LeaseWriting());

    /// <summary>Runs code of the test when the consumer requests a logger.</summary>
    private sealed class CallingLoggers(Action onCreate) : ILoggerFactory, INonBlockingLoggerFactory
    {
        public bool IsArmed { get; set; }

        public ILogger CreateLogger(string categoryName)
        {
            if (IsArmed)
            {
                onCreate();
            }

            return NullLogger.Instance;
        }

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public void Dispose()
        {
        }
    }
}
