using Kcl.Internal;
using Kcl.Testing;
using Kcl.Unit.Tests.Consuming;
using Kcl.Unit.Tests.Internal;
using Kcl.Unit.Tests.Kinesis.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using static Kcl.Unit.Tests.Coordination.Shards;

namespace Kcl.Unit.Tests.Coordination;

/// <summary>What a worker says before it starts; what it does then is tested on virtual time, with the simulation.</summary>
public sealed class KinesisConsumerTests
{
    private readonly TestClock _time = new();
    private readonly InMemoryLeaseStore _table = new();
    private readonly ListedStream _stream = new() { Shards = [Open(0, 0, 9), Open(1, 10, UInt128.MaxValue)] };

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_wrong_setting_is_named_in_one_message()
    {
        await using var consumer = Consumer(new() { FailoverTime = TimeSpan.Zero, MaxLeasesForWorker = 0, MaxRecords = 20_000, IdleTimeBetweenReads = TimeSpan.FromMilliseconds(1) });
        var failure = await Assert.ThrowsAsync<ConfigurationException>(() => consumer.RunAsync(Cancelled));
        Assert.All(["ApplicationName", "Stream", "FailoverTime", "MaxLeasesForWorker is 0: at least 1", "MaxRecords is 20000: 1 to 10000", "IdleTimeBetweenReads"], expected => Assert.Contains(expected, failure.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_missing_stream_is_named_with_where_it_was_looked_for_and_a_remedy()
    {
        _stream.Shards = null;
        await using var consumer = Consumer(Options());
        var failure = await Assert.ThrowsAsync<InvalidStateException>(() => consumer.RunAsync(Cancelled));
        Assert.All(["Stream words does not exist", "Create it", "http://localhost:4567"], expected => Assert.Contains(expected, failure.Message, StringComparison.Ordinal));
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

    private static KinesisConsumerOptions Options() => new() { ApplicationName = "app", Stream = new StreamName("words"), FailoverTime = TimeSpan.FromSeconds(10) };

    private KinesisConsumer Consumer(KinesisConsumerOptions options, ILoggerFactory? loggers = null) => new(
        options,
        new() { Kinesis = _stream, Leases = _table, Processors = new NoProcessors(), LoggerFactory = loggers ?? NullLoggerFactory.Instance, Time = _time, Random = new Random(1) },
        static (_, _) => throw new NotSupportedException(),
        PlantedBugs.None);

    private sealed class NoProcessors : IShardRecordProcessorFactory
    {
        public IShardRecordProcessor Create(ShardId shardId) => throw new NotSupportedException();
    }
}
