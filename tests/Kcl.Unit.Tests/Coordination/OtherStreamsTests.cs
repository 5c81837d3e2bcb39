using Kcl.Coordination;
using Kcl.Coordination.ShardSync;
using Kcl.Leasing;
using Kcl.Leasing.Administration;
using Kcl.Leasing.Holding;
using Kcl.Streams;
using Kcl.Testing;
using Kcl.Unit.Tests.Consuming;
using Kcl.Unit.Tests.Internal;
using static Kcl.Unit.Tests.Coordination.Shards;

namespace Kcl.Unit.Tests.Coordination;

/// <summary>
/// Tests a lease table with rows of other streams: a worker does not start with them, and ignores them if they appear later.
/// </summary>
public sealed class OtherStreamsTests : IDisposable
{
    private static readonly Lease[] Others =
    [
        Lease(0, ExtendedSequenceNumber.ShardEnd) with { Key = new("1:letters:5:shardId-000000000000"), ChildShardIds = [Id(1)] },
        Lease(1, At(7)) with { Key = new("other:shardId-000000000001") },
        Lease(0, At(7), "gone") with { Key = new("2:words:5:shardId-000000000000") },
    ];

    private readonly TestClock _time = new();
    private readonly InMemoryLeaseStore _table = new();
    private readonly ListedStream _stream = new() { Shards = [Closed(0, 0, UInt128.MaxValue), Open(1, 0, UInt128.MaxValue, 0)] };
    private readonly LogCollector _logs = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _logs.Dispose();

    [Fact]
    public async Task A_table_of_other_streams_is_refused_at_the_start_and_nothing_is_written()
    {
        PutOthers();
        _table.Create(Lease(1, At(7)));
        await using var consumer = Consumer();
        var refusal = await Assert.ThrowsAsync<InvalidStateException>(() => consumer.RunAsync(Token));
        string[] named = ["'app'", "stream words", "1:letters:5", "'other'", "2:words:5"];
        Assert.All(named, text => Assert.Contains(text, refusal.Message, StringComparison.Ordinal));
        Assert.All(Others, row => Assert.Equal(row, _table.Find(row.Key)));
        Assert.Equal(0, _table.Find(Keys.For(Id(1)))!.Counter);
    }

    [Fact]
    public async Task Rows_of_other_streams_that_appear_later_are_ignored_and_logged_once_a_minute()
    {
        using var stop = new CancellationTokenSource();
        await using var consumer = Consumer();
        var run = consumer.RunAsync(stop.Token);
        await _time.RunUntilAsync(Task.Delay(TimeSpan.FromSeconds(30), _time, Token));
        Assert.Contains(consumer.Shards, s => s.State == ShardState.Processing);
        PutOthers();
        await _time.RunUntilAsync(Task.Delay(TimeSpan.FromMinutes(5), _time, Token));
        Assert.All(Others, row => Assert.Equal(row, _table.Find(row.Key)));
        Assert.All(consumer.Shards, s => Assert.Equal(new(new StreamName("words"), s.ShardId), s.Shard));
        Assert.Equal(consumer.Shards.Count, consumer.Shards.DistinctBy(s => s.Shard).Count());
        await stop.CancelAsync();
        await _time.RunUntilAsync(run);
        Assert.InRange(_logs.Count(1127), 4, 6);
        Assert.Equal(0, _logs.Count(1000) + _logs.Count(1117)); // no loop and no task of the leader failed
    }

    [Fact]
    public async Task No_first_leases_are_created_beside_rows_of_other_streams()
    {
        PutOthers();
        var services = Services(_table, _time, _logs);
        var watch = new StreamMonitor(services, _stream, new StreamName("words"));
        using var shards = new ShardListReader(_stream, new StreamName("words"), _time);
        var sync = new LeaseCreator(services, shards, watch, StartPosition.TrimHorizon);
        var maintenance = new LeaseMaintenance(services, shards, watch, sync, Settings(StartPosition.TrimHorizon), static () => { });
        await maintenance.RunAsync(Keys.Select(await _table.ListAsync(Token)), Token);
        Assert.Equal(Others.Length, _table.Leases.Count);
    }

    [Theory]
    [InlineData("release")]
    [InlineData("delete")]
    [InlineData("reset")]
    [InlineData("adopt")]
    public async Task An_operator_cannot_change_leases_beside_rows_of_other_streams(string name)
    {
        PutOthers();
        var summary = await _stream.DescribeStreamSummaryAsync(new StreamName("words"), Token);
        var operation = name switch
        {
            "release" => LeaseOperation.Release,
            "delete" => LeaseOperation.Delete,
            "reset" => LeaseOperation.Reset(ExtendedSequenceNumber.TrimHorizon),
            _ => LeaseOperation.Adopt(summary, _stream.Shards!),
        };
        var administrator = new LeaseAdministrator(_table, TimeSpan.FromSeconds(10), _time);
        var refusal = await Assert.ThrowsAsync<InvalidStateException>(
            async () => await administrator.PlanAsync(operation, null, force: true, Token));
        Assert.Contains("1:letters:5", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(Others.Length, (await administrator.ListAsync(Token)).Count);
    }

    [Fact]
    public void Two_rows_of_one_shard_are_two_rows()
    {
        Lease[] leases = [Lease(0, ExtendedSequenceNumber.ShardEnd), Lease(0, At(1)) with { Key = new("other:shardId-000000000000") }];
        Assert.Empty(LeaseCleanup.Plan(leases, Tree(_stream.Shards!), Keys, ofFinishedShards: true));
    }

    private void PutOthers() => Array.ForEach(Others, row => _table.Create(row));

    private KinesisConsumer Consumer() => new(
        new()
        {
            ApplicationName = "app",
            Stream = { Identifier = new StreamName("words"), InitialPosition = InitialPosition.TrimHorizon },
            ShardSyncInterval = TimeSpan.FromSeconds(5),
        },
        new()
        {
            KinesisClient = _stream,
            LeaseStore = _table,
            ProcessorFactory = new NoProcessors(),
            LoggerFactory = _logs,
            TimeProvider = _time,
            Random = new Random(1),
        },
        static (_, _) => new IdleConsumer(),
        new LeaseWriting());
}
