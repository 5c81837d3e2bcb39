using Kcl.Coordination;
using Kcl.Coordination.Assignment;
using Kcl.Coordination.ShardSync;
using Kcl.Kinesis;
using Kcl.Leasing;
using Kcl.Streams;
using Kcl.Testing;
using Kcl.Unit.Tests.Internal;
using static Kcl.Unit.Tests.Coordination.Shards;

namespace Kcl.Unit.Tests.Coordination;

/// <summary>Tests that after a stream was re-created, no shard starts before its ancestors in the current stream are finished.</summary>
public sealed class RecreatedStreamLeaseTests
{
    private const int Histories = 600;
    private const string Arn = "arn:aws:kinesis:us-east-1:123456789012:stream/words";
    private static readonly UInt128 Half = UInt128.MaxValue / 2;
    private static readonly DateTimeOffset Earlier = new(2025, 3, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset CreatedAt = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly StreamIdentity Stream = new(new("words"), StreamArn.Parse(Arn), CreatedAt);
    private static readonly StreamIdentity EarlierStream = Stream with { CreatedAt = Earlier };

    private readonly TestClock _time = new();
    private readonly InMemoryLeaseStore _table = new();
    private readonly ListedStream _stream = new() { Arn = StreamArn.Parse(Arn), CreatedAt = CreatedAt, Shards = Merged() };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("TRIM_HORIZON")]
    [InlineData("LATEST")]
    [InlineData("SHARD_END")]
    [InlineData("7")]
    public async Task The_parent_of_a_shard_gets_a_lease_before_the_lease_of_the_shard_starts_over(string checkpoint)
    {
        _table.Create(Of(Stream, Lease(0, At(9), "other")));
        _table.Create(Of(Stream, Lease(1, ExtendedSequenceNumber.ShardEnd)));
        _table.Create(Of(EarlierStream, Lease(3, ExtendedSequenceNumber.Parse(checkpoint), "crashed")));

        await MaintainAsync(_table);

        Assert.Equal(
            ["0@9", "1@SHARD_END", "2@TRIM_HORIZON", "3@TRIM_HORIZON"],
            Texts(_table.Leases.OrderBy(l => l.ShardId)));
        Assert.Equal([Id(0), Id(1)], _table.Find(new(Id(2).Value))!.ParentShardIds);
    }

    [Fact]
    public async Task A_lease_that_its_owner_renews_meanwhile_is_started_over_after_its_parent()
    {
        _table.Create(Of(Stream, Lease(0, At(9))));
        _table.Create(Of(Stream, Lease(1, At(9))));
        _table.Create(Of(EarlierStream, Lease(3, At(7), "alive")));
        var seen = await _table.ListAsync(Token);
        _table.Write(new(Id(3).Value), LeaseWrite.Update(0, new()));

        await MaintainAsync(_table, seen);

        Assert.Equal(["0@9", "1@9", "2@TRIM_HORIZON", "3@TRIM_HORIZON"], Texts(_table.Leases.OrderBy(l => l.ShardId)));
    }

    [Fact]
    public async Task The_parents_start_over_before_their_children()
    {
        // The order of the table is not that of the shards.
        foreach (var number in new[] { 4, 3, 2, 1, 0 })
        {
            _table.Create(Of(EarlierStream, Lease(number, ExtendedSequenceNumber.ShardEnd)));
        }

        var written = new List<LeaseKey>();
        await MaintainAsync(new HookedLeaseStore(_table, (_, key) =>
        {
            written.Add(key);
            return ValueTask.CompletedTask;
        }));
        Assert.Equal([.. Enumerable.Range(0, 5).Select(n => new LeaseKey(Id(n).Value))], written);
        Assert.All(_table.Leases, l => Assert.Equal(ExtendedSequenceNumber.TrimHorizon, l.Checkpoint));
    }

    [Fact]
    public async Task A_lease_created_for_the_present_stream_meanwhile_is_not_removed()
    {
        _table.Create(Of(Stream, Lease(0, At(9))));
        _table.Create(Of(Stream, Lease(1, At(9))));
        _table.Create(Of(EarlierStream, Lease(5, ExtendedSequenceNumber.TrimHorizon)));
        var seen = await _table.ListAsync(Token);
        _table.Delete(new(Id(5).Value), null);
        _table.Create(Of(Stream, Lease(5, ExtendedSequenceNumber.TrimHorizon)));

        await MaintainAsync(_table, seen);

        Assert.Equal(["0@9", "1@9", "5@TRIM_HORIZON"], Texts(_table.Leases.OrderBy(l => l.ShardId)));
    }

    [Fact]
    public async Task The_end_of_a_parent_in_the_earlier_stream_does_not_let_a_child_start()
    {
        _table.Create(Of(EarlierStream, Lease(2, ExtendedSequenceNumber.ShardEnd)));
        var child = Of(Stream, Lease(3, ExtendedSequenceNumber.TrimHorizon)) with { ParentShardIds = [Id(2)] };
        var waiting = new ParentShardTracker(Services(_table, _time), Keys, TimeSpan.FromSeconds(10))
            .WhenFinishedAsync(child, Token)
            .AsTask();
        await _time.AdvanceToNextTimerAsync();
        Assert.False(waiting.IsCompleted);

        _table.Delete(new(Id(2).Value), null);
        _table.Create(Of(Stream, Lease(2, ExtendedSequenceNumber.ShardEnd)));
        await _time.RunUntilAsync(waiting);
    }

    [Fact]
    public async Task A_merged_shard_gets_no_lease_beside_a_lease_that_its_other_parent_had_in_the_earlier_stream()
    {
        _table.Create(Of(Stream, Lease(0, At(9), "me")));
        _table.Create(Of(EarlierStream, Lease(1, ExtendedSequenceNumber.ShardEnd)));
        var services = Services(_table, _time);
        var coordination = new ShardCoordination(
            services,
            new ShardListReader(_stream, new StreamName("words"), _time),
            new StreamMonitor(services, _stream, new StreamName("words")),
            new ParentShardTracker(services, Keys, TimeSpan.FromSeconds(10)),
            () => { },
            () => { });
        await Assert.ThrowsAsync<DependencyException>(() => coordination.CreateChildLeasesAsync(
            new ShardCoordinationTests.TestHold(_table, new(Id(0).Value)),
            [new(Id(2), [Id(0), Id(1)], new(0, UInt128.MaxValue))],
            Token).AsTask());
        Assert.Null(_table.Find(new(Id(2).Value)));
    }

    /// <summary>
    /// In any history, wherever the worker crashes or another worker runs the same maintenance, a lease of the current stream has a lease
    /// of each listed parent. At the end, every open shard has a lease or an ancestor with one, and no lease of the earlier stream remains.
    /// </summary>
    [Fact]
    public async Task No_shard_gets_ahead_of_its_ancestors_whatever_happens_between_the_writes()
    {
        for (var seed = 0; seed < Histories; seed++)
        {
            var random = new Random(seed);
            var shards = ShardSyncPlannerTests.History(random.Next(1, 8), random);
            var tree = Tree(shards);
            var table = new InMemoryLeaseStore();
            Fill(table, tree, random);
            _stream.Shards = shards;
            var seen = await table.ListAsync(Token);
            var (at, what) = (random.Next(1, 6), random.Next(4));
            var store = new HookedLeaseStore(table, (write, _) =>
            {
                Check(seed, table, tree);
                return write != at ? ValueTask.CompletedTask : what switch
                {
                    0 => throw new DependencyException("The worker crashes."),
                    1 => new(MaintainAsync(table, seen)),
                    2 => new(MaintainAsync(table)),
                    _ => EndShard(table, tree),
                };
            });
            try
            {
                await MaintainAsync(store, seen);
            }
            catch (DependencyException)
            {
                // Another worker continues.
            }

            Check(seed, table, tree);
            for (var round = 0; round < 3; round++)
            {
                await MaintainAsync(table);
                Check(seed, table, tree);
            }

            Assert.All(table.Leases, l => Assert.Equal(Stream, LeaseAnnotations.StreamOf(l)));
            var leased = table.Leases.Select(l => l.ShardId).ToHashSet();
            Assert.All(
                tree.Open,
                open => Assert.True(ShardSyncPlannerTests.Reached(tree, open, leased), $"{seed}: {open.ShardId} is reached from no lease"));
        }
    }

    private static IReadOnlyList<Shard> Merged() =>
    [
        Closed(0, 0, Half), Closed(1, Half + 1, UInt128.MaxValue), Closed(2, 0, UInt128.MaxValue, 0, 1),
        Open(3, 0, Half, 2), Open(4, Half + 1, UInt128.MaxValue, 2),
    ];

    private static Lease Of(StreamIdentity stream, Lease lease) => lease with { PrivateAttributes = LeaseAnnotations.Of(stream, null) };

    // Some shards of the current stream are being read, and any other shard may have a lease of the earlier stream.
    private static void Fill(InMemoryLeaseStore table, ShardTree tree, Random random)
    {
        var present = new Dictionary<ShardId, Lease>();
        var isAnyStale = false;
        foreach (var shard in tree.Shards.OrderBy(s => s.StartingSequenceNumber))
        {
            if (random.Next(3) > 0 && tree.ParentsOf(shard).All(p => present.ContainsKey(p.ShardId)))
            {
                var isFinished = !shard.IsOpen && random.Next(2) == 0
                    && tree.ParentsOf(shard).All(p => present[p.ShardId].Checkpoint.IsShardEnd);
                present[shard.ShardId] = Of(Stream, LeaseOf(shard, isFinished ? ExtendedSequenceNumber.ShardEnd : At(9)));
                table.Create(present[shard.ShardId]);
            }
            else if (random.Next(3) > 0)
            {
                var checkpoint = random.Next(4) switch
                {
                    0 => ExtendedSequenceNumber.TrimHorizon,
                    1 => ExtendedSequenceNumber.Latest,
                    2 => ExtendedSequenceNumber.ShardEnd,
                    _ => At(7),
                };
                var stale = LeaseOf(shard, checkpoint);

                // For a lease that names no stream, only other leases show that it belongs to an earlier stream.
                table.Create(isAnyStale && random.Next(4) == 0 ? stale : Of(EarlierStream, stale));
                isAnyStale = true;
            }
        }
    }

    private static Lease LeaseOf(Shard shard, ExtendedSequenceNumber checkpoint) => new()
    {
        Key = new(shard.ShardId.Value),
        ShardId = shard.ShardId,
        Checkpoint = checkpoint,
        ParentShardIds = shard.Parents,
        HashKeyRange = shard.HashKeyRange,
    };

    // The owner of a shard finishes it, and creates the leases of those children whose parents all have leases.
    private static ValueTask EndShard(InMemoryLeaseStore table, ShardTree tree)
    {
        var ended = table.Leases.FirstOrDefault(
            l => IsPresent(l) && !l.Checkpoint.IsShardEnd && tree.Find(l.ShardId) is { IsOpen: false } shard
                && tree.ParentsOf(shard).All(p => table.Find(new(p.ShardId.Value)) is { Checkpoint.IsShardEnd: true }));
        if (ended is null)
        {
            return ValueTask.CompletedTask;
        }

        foreach (var child in tree.ChildrenOf(ended.ShardId).Where(c => tree.ParentsOf(c).All(p => IsLeased(table, p))))
        {
            table.Write(new(child.ShardId.Value), LeaseWrite.Create(Of(Stream, LeaseOf(child, ExtendedSequenceNumber.TrimHorizon))));
        }

        table.Write(ended.Key, LeaseWrite.Update(ended.Counter, new() { Checkpoint = ExtendedSequenceNumber.ShardEnd }));
        return ValueTask.CompletedTask;
    }

    private static bool IsPresent(Lease lease) => LeaseAnnotations.StreamOf(lease) == Stream;

    private static bool IsLeased(InMemoryLeaseStore table, Shard shard) =>
        table.Find(new(shard.ShardId.Value)) is { } row && IsPresent(row);

    private static void Check(int seed, InMemoryLeaseStore table, ShardTree tree) => Assert.All(
        table.Leases.Where(IsPresent),
        l => Assert.All(
            tree.ParentsOf(tree.Find(l.ShardId)!),
            p => Assert.True(IsLeased(table, p), $"{seed}: {l.ShardId} has a lease, and its parent {p.ShardId} has none")));

    // Each call simulates a separate worker.
    private async Task MaintainAsync(ILeaseStore store, LeaseListing? seen = null)
    {
        var services = Services(store, _time);
        var monitor = new StreamMonitor(services, _stream, new StreamName("words"));
        var shards = new ShardListReader(_stream, new StreamName("words"), _time);
        var start = StartPosition.Latest(null);
        var creator = new LeaseCreator(services, shards, monitor, start);
        var maintenance = new LeaseMaintenance(services, shards, monitor, creator, Settings(start), () => { });
        await maintenance.RunAsync(seen ?? await store.ListAsync(Token), Token);
    }

    /// <summary>Calls a function before each write.</summary>
    private sealed class HookedLeaseStore(InMemoryLeaseStore table, Func<int, LeaseKey, ValueTask> beforeWrite) : ILeaseStore
    {
        private int _writes;

        public string? ApplicationName => null;

        public ValueTask InitializeAsync(CancellationToken cancellationToken) => table.InitializeAsync(cancellationToken);

        public ValueTask<LeaseListing> ListAsync(CancellationToken cancellationToken) => table.ListAsync(cancellationToken);

        public ValueTask<Lease?> GetAsync(LeaseKey key, CancellationToken cancellationToken) => table.GetAsync(key, cancellationToken);

        public async ValueTask<LeaseWriteResult> TryWriteAsync(LeaseKey key, LeaseWrite write, CancellationToken cancellationToken)
        {
            await beforeWrite(++_writes, key);
            return await table.TryWriteAsync(key, write, cancellationToken);
        }

        public ValueTask<LeaseFleet> InspectFleetAsync(IReadOnlyCollection<Lease> listed, CancellationToken cancellationToken) =>
            table.InspectFleetAsync(listed, cancellationToken);
    }
}
