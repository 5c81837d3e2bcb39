using CsCheck;
using Kcl.Coordination;
using Kcl.Kinesis;
using Kcl.Leasing;
using Kcl.Streams;
using static Kcl.Unit.Tests.Coordination.Shards;

namespace Kcl.Unit.Tests.Coordination;

public sealed class ShardSyncPlannerTests
{
    private static readonly DateTimeOffset Instant = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void TheWorkedExampleFromLatestCreatesTheMissingSibling() =>
        Assert.Equal(["6@LATEST"], Texts(ShardSyncPlanner.Plan(Tree(Example()), Leased(4, 5, 7), InitialPosition.Latest).Create));

    [Fact]
    public void TheWorkedExampleFromTrimHorizonCreatesTheOldestAncestors() =>
        Assert.Equal(["0@TRIM_HORIZON", "1@TRIM_HORIZON"], Texts(ShardSyncPlanner.Plan(Tree(Example()), Leased(4, 5, 7), InitialPosition.TrimHorizon).Create));

    [Fact]
    public void TheWorkedExampleFromAnInstantCreatesTheOldestAncestorsAtTheInstant() =>
        Assert.Equal(["0@AT_TIMESTAMP", "1@AT_TIMESTAMP"], Texts(ShardSyncPlanner.Plan(Tree(Example()), Leased(4, 5, 7), InitialPosition.AtTimestamp(Instant)).Create));

    [Fact]
    public void WithoutLeasesLatestStartsAtTheOpenShards() =>
        Assert.Equal(["4@LATEST", "8@LATEST", "9@LATEST", "10@LATEST"], Texts(ShardSyncPlanner.PlanFirst(Tree(Example()), InitialPosition.Latest).Create));

    [Fact]
    public void AServerThatIgnoresFiltersIsFilteredHere() =>
        Assert.Equal(
            ["0@TRIM_HORIZON", "1@TRIM_HORIZON", "2@TRIM_HORIZON", "3@TRIM_HORIZON", "4@TRIM_HORIZON", "5@TRIM_HORIZON"],
            Texts(ShardSyncPlanner.PlanFirst(Tree(Example()), InitialPosition.TrimHorizon).Create));

    [Fact]
    public void AServerThatFiltersIsBelieved()
    {
        // What was open at the instant: closed by now, and their children are not in the answer.
        var answer = Tree(Example().Where(s => new[] { 6, 7, 4, 5 }.Select(Id).Contains(s.ShardId)));
        var plan = ShardSyncPlanner.PlanFirst(answer, InitialPosition.AtTimestamp(Instant));
        Assert.True(plan.IsUsable);
        Assert.Equal(["4@AT_TIMESTAMP", "5@AT_TIMESTAMP", "6@AT_TIMESTAMP", "7@AT_TIMESTAMP"], Texts(plan.Create));
    }

    [Fact]
    public void AnIncompleteListIsNotUsed()
    {
        var plan = ShardSyncPlanner.PlanFirst(Tree([Open(0, 0, 9), Open(1, 20, UInt128.MaxValue)]), InitialPosition.Latest);
        Assert.False(plan.IsUsable);
        Assert.Equal(new HashKeyRange(10, 19), plan.Hole);
    }

    [Fact]
    public void AListTakenWhileTheStreamChangedIsNotUsed()
    {
        var plan = ShardSyncPlanner.Plan(Tree([Open(0, 0, UInt128.MaxValue), Open(1, 0, 9, 0), Open(2, 10, UInt128.MaxValue, 0)]), Leased(), InitialPosition.Latest);
        Assert.Equal([Id(1), Id(2)], plan.Inconsistent);
        Assert.Empty(plan.Create);
    }

    [Fact]
    public void AMergeWhoseFirstParentWasTrimmedStartsAtTheListedOne() =>
        Assert.Equal(["1@TRIM_HORIZON"], Texts(ShardSyncPlanner.PlanFirst(Tree([Closed(1, 10, UInt128.MaxValue), Open(2, 0, UInt128.MaxValue, 0, 1)]), InitialPosition.TrimHorizon).Create));

    [Fact]
    public void NothingIsMissingBesideTheLeaseOfAParent() => Assert.Empty(ShardSyncPlanner.Plan(Tree(Example()), Leased(0, 1, 2, 3, 4, 5), InitialPosition.TrimHorizon).Create);

    [Fact]
    public void NewLeasesKnowTheirParentsAndHashKeys()
    {
        var lease = ShardSyncPlanner.Plan(Tree(Example()), Leased(), InitialPosition.Latest).Create[^2];
        Assert.Equal(Id(9), lease.ShardId);
        Assert.Equal([Id(5)], lease.ParentShardIds);
        Assert.NotNull(lease.HashKeyRange);
        Assert.Null(lease.Owner);
    }

    [Fact]
    public void AChildOfAShardWhereTheInstantWasNotFoundGoesOnLookingForIt()
    {
        var child = new ChildShard(Id(9), [Id(5)], HashKeyRange.Whole);
        Assert.Equal(ExtendedSequenceNumber.AtTimestamp, ShardSyncPlanner.NewChild(child, ExtendedSequenceNumber.AtTimestamp).Checkpoint);
        Assert.Equal(ExtendedSequenceNumber.TrimHorizon, ShardSyncPlanner.NewChild(child, ExtendedSequenceNumber.Latest).Checkpoint);
        Assert.Equal(ExtendedSequenceNumber.TrimHorizon, ShardSyncPlanner.NewChild(child, At(7)).Checkpoint);
    }

    /// <summary>Whatever the history and whichever leases there are: every open shard is reached from a lease, and a second comparison finds nothing more.</summary>
    [Fact]
    public void EveryOpenShardIsReachedAndASecondLookAddsNothing() =>
        Gen.Select(Gen.Int[0, 12], Gen.Int, Gen.Int[0, 2]).Sample((changes, seed, start) =>
        {
            var random = new Random(seed);
            var shards = History(changes, random);
            var position = start switch { 0 => InitialPosition.Latest, 1 => InitialPosition.TrimHorizon, _ => InitialPosition.AtTimestamp(Instant) };
            var leased = shards.Where(_ => random.Next(4) == 0).Select(s => s.ShardId).ToHashSet();
            var tree = Tree(shards);
            var first = ShardSyncPlanner.Plan(tree, leased, position);
            Assert.Equal(first.Create.Count, first.Create.Select(l => l.Key).Distinct().Count());
            Assert.DoesNotContain(first.Create, l => leased.Contains(l.ShardId));
            leased.UnionWith(first.Create.Select(l => l.ShardId));
            Assert.All(tree.Open, open => Assert.True(Reached(tree, open, leased), $"{open.ShardId} is reached from no lease"));
            Assert.Empty(ShardSyncPlanner.Plan(tree, leased, position).Create);
        });

    private static bool Reached(ShardTree tree, Shard shard, HashSet<ShardId> leased) => leased.Contains(shard.ShardId) || tree.ParentsOf(shard).Any(p => Reached(tree, p, leased));

    private static List<Shard> History(int changes, Random random)
    {
        var quarter = UInt128.MaxValue / 4;
        List<Shard> shards = [Open(0, 0, quarter), Open(1, quarter + 1, quarter * 2), Open(2, (quarter * 2) + 1, quarter * 3), Open(3, (quarter * 3) + 1, UInt128.MaxValue)];
        for (var i = 0; i < changes; i++)
        {
            var open = shards.Where(s => s.IsOpen).OrderBy(s => s.HashKeyRange.Start).ToList();
            var at = random.Next(open.Count);
            var next = shards.Count;
            if (random.Next(2) == 0 && at + 1 < open.Count)
            {
                Close(open[at]);
                Close(open[at + 1]);
                shards.Add(Open(next, open[at].HashKeyRange.Start, open[at + 1].HashKeyRange.End, Number(open[at]), Number(open[at + 1])));
            }
            else
            {
                var range = open[at].HashKeyRange;
                var middle = range.Start + ((range.End - range.Start) / 2);
                Close(open[at]);
                shards.Add(Open(next, range.Start, middle, Number(open[at])));
                shards.Add(Open(next + 1, middle + 1, range.End, Number(open[at])));
            }
        }

        // The oldest may be trimmed already.
        var trimmed = random.Next(3);
        shards.RemoveAll(s => !s.IsOpen && Number(s) < trimmed);
        return shards;

        void Close(Shard shard) => shards[shards.IndexOf(shard)] = shard with { EndingSequenceNumber = SequenceNumber.Parse("9000") };

        static int Number(Shard shard) => int.Parse(shard.ShardId.Value["shardId-".Length..], System.Globalization.CultureInfo.InvariantCulture);
    }
}
