using CsCheck;
using Kcl.Coordination.ShardSync;
using Kcl.Kinesis;
using Kcl.Leasing;
using Kcl.Streams;
using static Kcl.Unit.Tests.Coordination.Shards;

namespace Kcl.Unit.Tests.Coordination;

public sealed class ShardSyncPlannerTests
{
    private static readonly DateTimeOffset Instant = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly DateTimeOffset Earlier = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset LookedAt = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Later = new(2026, 3, 1, 13, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 0, 0, 0, TimeSpan.Zero);
    private static readonly StreamIdentity Stream = new(new("words"), null, Earlier);

    [Fact]
    public void The_worked_example_from_latest_creates_the_missing_sibling() =>
        Assert.Equal(
            ["6@LATEST"],
            Texts(ShardSyncPlanner.Plan(Tree(Example()), Leased(4, 5, 7), Rule(InitialPosition.Latest)).LeasesToCreate));

    [Fact]
    public void The_worked_example_from_trim_horizon_creates_the_oldest_ancestors() =>
        Assert.Equal(
            ["0@TRIM_HORIZON", "1@TRIM_HORIZON"],
            Texts(ShardSyncPlanner.Plan(Tree(Example()), Leased(4, 5, 7), Rule(InitialPosition.TrimHorizon)).LeasesToCreate));

    [Fact]
    public void The_worked_example_from_an_instant_creates_the_oldest_ancestors_at_the_instant() =>
        Assert.Equal(
            ["0@AT_TIMESTAMP", "1@AT_TIMESTAMP"],
            Texts(ShardSyncPlanner.Plan(Tree(Example()), Leased(4, 5, 7), Rule(InitialPosition.AtTimestamp(Instant))).LeasesToCreate));

    [Fact]
    public void Without_leases_latest_starts_at_the_open_shards() =>
        Assert.Equal(
            ["4@LATEST", "8@LATEST", "9@LATEST", "10@LATEST"],
            Texts(ShardSyncPlanner.PlanFirst(Tree(Example()), Rule(InitialPosition.Latest)).LeasesToCreate));

    [Fact]
    public void A_server_that_ignores_filters_is_filtered_here() =>
        Assert.Equal(
            ["0@TRIM_HORIZON", "1@TRIM_HORIZON", "2@TRIM_HORIZON", "3@TRIM_HORIZON", "4@TRIM_HORIZON", "5@TRIM_HORIZON"],
            Texts(ShardSyncPlanner.PlanFirst(Tree(Example()), Rule(InitialPosition.TrimHorizon)).LeasesToCreate));

    [Fact]
    public void A_server_that_filters_is_believed()
    {
        // The shards that were open at the given time. They are closed now, and their children are not in the response.
        var answer = Tree(Example().Where(s => new[] { 6, 7, 4, 5 }.Select(Id).Contains(s.ShardId)));
        var plan = ShardSyncPlanner.PlanFirst(answer, Rule(InitialPosition.AtTimestamp(Instant)));
        Assert.True(plan.IsUsable);
        Assert.Equal(["4@AT_TIMESTAMP", "5@AT_TIMESTAMP", "6@AT_TIMESTAMP", "7@AT_TIMESTAMP"], Texts(plan.LeasesToCreate));
    }

    [Fact]
    public void An_incomplete_list_is_not_used()
    {
        var plan = ShardSyncPlanner.PlanFirst(Tree([Open(0, 0, 9), Open(1, 20, UInt128.MaxValue)]), Rule(InitialPosition.Latest));
        Assert.False(plan.IsUsable);
        Assert.Equal(new HashKeyRange(10, 19), plan.Hole);
    }

    [Fact]
    public void A_list_taken_while_the_stream_changed_is_not_used()
    {
        var plan = ShardSyncPlanner.Plan(
            Tree([Open(0, 0, UInt128.MaxValue), Open(1, 0, 9, 0), Open(2, 10, UInt128.MaxValue, 0)]),
            Leased(),
            Rule(InitialPosition.Latest));
        Assert.Equal([Id(1), Id(2)], plan.Inconsistent);
        Assert.Empty(plan.LeasesToCreate);
    }

    [Fact]
    public void A_merge_whose_first_parent_was_trimmed_starts_at_the_listed_one() =>
        Assert.Equal(
            ["1@TRIM_HORIZON"],
            Texts(ShardSyncPlanner.PlanFirst(
                Tree([Closed(1, 10, UInt128.MaxValue), Open(2, 0, UInt128.MaxValue, 0, 1)]),
                Rule(InitialPosition.TrimHorizon)).LeasesToCreate));

    [Fact]
    public void Nothing_is_missing_beside_the_lease_of_a_parent() =>
        Assert.Empty(ShardSyncPlanner.Plan(Tree(Example()), Leased(0, 1, 2, 3, 4, 5), Rule(InitialPosition.TrimHorizon)).LeasesToCreate);

    [Fact]
    public void New_leases_know_their_parents_and_hash_keys()
    {
        var lease = ShardSyncPlanner.Plan(Tree(Example()), Leased(), Rule(InitialPosition.Latest)).LeasesToCreate[^2];
        Assert.Equal(Id(9), lease.ShardId);
        Assert.Equal([Id(5)], lease.ParentShardIds);
        Assert.NotNull(lease.HashKeyRange);
        Assert.Null(lease.Owner);
    }

    [Fact]
    public void A_child_of_a_shard_where_the_instant_was_not_found_still_looks_for_that_instant()
    {
        var child = new ChildShard(Id(9), [Id(5)], HashKeyRange.Whole);
        var parent =
            Lease(5, ExtendedSequenceNumber.AtTimestamp) with
            {
                PrivateAttributes = LeaseAnnotations.Of(null, new StoredStartTime(Instant)),
            };

        var lease = ShardSyncPlanner.CreateChildLease(child, parent, Stream, Keys);

        // The stored time is used, regardless of the current configuration of the workers.
        Assert.Equal(ExtendedSequenceNumber.AtTimestamp, lease.Checkpoint);
        Assert.Equal(new StoredStartTime(Instant), LeaseAnnotations.StartOf(lease));
        Assert.Equal(Stream, LeaseAnnotations.StreamOf(lease));
        Assert.Equal(
            ExtendedSequenceNumber.TrimHorizon,
            ShardSyncPlanner.CreateChildLease(child, Lease(5, ExtendedSequenceNumber.Latest), Stream, Keys).Checkpoint);
        Assert.Equal(
            ExtendedSequenceNumber.TrimHorizon, ShardSyncPlanner.CreateChildLease(child, Lease(5, At(7)), Stream, Keys).Checkpoint);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(-1, -1)]
    public void After_a_change_of_the_configured_instant_the_earlier_of_the_two_counts(int changedBy, int startsAt)
    {
        var tree = Tree([Open(0, 0, 9).Created(Earlier), Open(1, 10, UInt128.MaxValue).Created(Earlier)]);
        var remembered = LeaseAnnotations.Of(Stream, new StoredStartTime(Instant));
        var leases = Listing(Lease(0, ExtendedSequenceNumber.AtTimestamp) with { PrivateAttributes = remembered });

        var created = Assert.Single(Plan(tree, leases, InitialPosition.AtTimestamp(Instant.AddDays(changedBy))));

        Assert.Equal((Id(1), ExtendedSequenceNumber.AtTimestamp), (created.ShardId, created.Checkpoint));
        Assert.Equal(new StoredStartTime(Instant.AddDays(startsAt)), LeaseAnnotations.StartOf(created));
    }

    [Fact]
    public void First_leases_remember_the_stream_and_the_instant_of_the_first_look()
    {
        var latest = ShardSyncPlanner.PlanFirst(Tree(Example()), Rule(InitialPosition.Latest)).LeasesToCreate;
        Assert.All(latest, l => Assert.Equal(new StoredStartTime(Now), LeaseAnnotations.StartOf(l)));
        Assert.All(latest, l => Assert.Equal(Stream, LeaseAnnotations.StreamOf(l)));
        Assert.All(
            ShardSyncPlanner.PlanFirst(Tree(Example()), Rule(InitialPosition.AtTimestamp(Instant))).LeasesToCreate,
            l => Assert.Equal(new StoredStartTime(Instant), LeaseAnnotations.StartOf(l)));
        Assert.All(
            ShardSyncPlanner.PlanFirst(Tree(Example()), Rule(InitialPosition.TrimHorizon)).LeasesToCreate,
            l => Assert.Null(LeaseAnnotations.StartOf(l)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_bootstrap_that_failed_half_way_continues_at_the_instant_with_which_it_began(bool others)
    {
        var tree = Tree([Open(0, 0, 9).Created(Earlier), Open(1, 10, UInt128.MaxValue).Created(Earlier)]);
        var done = AtTip(0, LookedAt);
        var leases = Listing(others ? done with { Checkpoint = Service(0, Later) } : done);

        var created = Assert.Single(Plan(tree, leases, InitialPosition.Latest));

        Assert.Equal((Id(1), ExtendedSequenceNumber.Latest), (created.ShardId, created.Checkpoint));
        Assert.Equal(new StoredStartTime(LookedAt), LeaseAnnotations.StartOf(created));
    }

    [Fact]
    public void A_shard_that_was_split_between_the_two_halves_of_a_bootstrap_is_read_to_its_end()
    {
        var tree = Tree([
            Open(0, 0, 9).Created(Earlier),
            Closed(1, 10, UInt128.MaxValue).Created(Earlier, Later),
            Open(2, 10, 19, 1).Created(Later),
            Open(3, 20, UInt128.MaxValue, 1).Created(Later),
        ]);

        var created = Assert.Single(Plan(tree, Listing(AtTip(0, LookedAt)), InitialPosition.Latest));

        Assert.Equal(
            (Id(1), ExtendedSequenceNumber.Latest, LookedAt),
            (created.ShardId, created.Checkpoint, LeaseAnnotations.StartOf(created)!.Value.Instant));
    }

    [Fact]
    public void A_shard_that_was_closed_before_the_first_look_is_not_read_at_all()
    {
        var tree = Tree([
            Open(0, 0, 9).Created(Earlier),
            Closed(1, 10, UInt128.MaxValue).Created(Earlier, Earlier.AddMinutes(1)),
            Open(2, 10, UInt128.MaxValue, 1).Created(Earlier.AddMinutes(1)),
        ]);

        var created = Assert.Single(Plan(tree, Listing(AtTip(0, LookedAt)), InitialPosition.Latest));

        Assert.Equal(
            (Id(2), ExtendedSequenceNumber.Latest, LookedAt),
            (created.ShardId, created.Checkpoint, LeaseAnnotations.StartOf(created)!.Value.Instant));
    }

    [Fact]
    public void A_shard_younger_than_the_first_look_starts_at_its_oldest_record()
    {
        var tree = Tree([Open(0, 0, 9).Created(Earlier), Open(7, 10, UInt128.MaxValue, 5).Created(Later)]);
        Assert.Equal(["7@TRIM_HORIZON"], Texts(Plan(tree, Listing(AtTip(0, LookedAt)), InitialPosition.Latest)));
    }

    [Theory]
    [InlineData("SHARD_END")]
    [InlineData("77")]
    public void After_a_long_absence_shards_without_listed_ancestors_start_at_their_oldest_record(string checkpoint) =>
        Assert.Equal(
            ["3@TRIM_HORIZON", "4@TRIM_HORIZON"],
            Texts(Plan(
                Tree([Open(3, 0, 9, 1, 2), Open(4, 10, UInt128.MaxValue, 1)]),
                Listing(Lease(0, ExtendedSequenceNumber.Parse(checkpoint))),
                InitialPosition.Latest)));

    [Fact]
    public void After_a_long_absence_a_shard_is_reached_through_its_oldest_listed_ancestor() =>
        Assert.Equal(
            ["3@TRIM_HORIZON"],
            Texts(Plan(
                Tree([Closed(3, 0, UInt128.MaxValue, 1), Open(4, 0, 9, 3), Open(5, 10, UInt128.MaxValue, 3)]),
                Listing(Lease(0, At(77))),
                InitialPosition.Latest)));

    [Fact]
    public void Before_any_progress_a_shard_without_a_lease_starts_at_the_tip_from_now_on()
    {
        var created = Assert.Single(Plan(
            Tree([Open(0, 0, 9), Open(1, 10, UInt128.MaxValue)]),
            Listing(Lease(0, ExtendedSequenceNumber.Latest)),
            InitialPosition.Latest));
        Assert.Equal(
            (Id(1), ExtendedSequenceNumber.Latest, new StoredStartTime(Now)),
            (created.ShardId, created.Checkpoint, LeaseAnnotations.StartOf(created)!.Value));
    }

    [Fact]
    public void A_missing_child_of_a_finished_shard_gets_its_lease() =>
        Assert.Equal(
            ["1@TRIM_HORIZON"],
            Texts(Plan(
                Tree([Closed(0, 0, UInt128.MaxValue), Open(1, 0, 9, 0), Open(2, 10, UInt128.MaxValue, 0)]),
                Listing(Lease(0, ExtendedSequenceNumber.ShardEnd), Lease(2, At(8))),
                InitialPosition.Latest)));

    [Fact]
    public void A_missing_child_waits_for_the_end_of_its_other_parent() =>
        Assert.Empty(Plan(
            Tree([Closed(0, 0, 9), Closed(1, 10, UInt128.MaxValue), Open(2, 0, UInt128.MaxValue, 0, 1)]),
            Listing(Lease(0, ExtendedSequenceNumber.ShardEnd), Lease(1, At(8))),
            InitialPosition.Latest));

    [Fact]
    public void A_missing_generation_is_filled_in_before_the_next() =>
        Assert.Equal(
            ["1@TRIM_HORIZON"],
            Texts(Plan(
                Tree([Closed(0, 0, UInt128.MaxValue), Closed(1, 0, UInt128.MaxValue, 0), Open(2, 0, UInt128.MaxValue, 1)]),
                Listing(Lease(0, ExtendedSequenceNumber.ShardEnd)),
                InitialPosition.Latest)));

    [Fact]
    public void A_closed_shard_whose_children_have_leases_was_finished_and_is_not_read_again() =>
        Assert.Empty(Plan(
            Tree([Closed(0, 0, UInt128.MaxValue), Closed(1, 0, UInt128.MaxValue, 0), Open(2, 0, UInt128.MaxValue, 1)]), Listing(
                Lease(0, ExtendedSequenceNumber.ShardEnd),
                Lease(2, At(8))), InitialPosition.Latest));

    [Fact]
    public void A_row_that_cannot_be_read_is_not_created_again() =>
        Assert.Empty(Plan(
            Tree([Open(0, 0, 9), Open(1, 10, UInt128.MaxValue)]),
            new([Lease(0, At(7))], [new() { Key = new(Id(1).Value), Problem = "leaseCounter is not an integer" }]),
            InitialPosition.TrimHorizon));

    [Fact]
    public void In_a_stream_that_was_created_again_every_missing_shard_starts_at_its_oldest_record()
    {
        var earlier = Stream with { CreatedAt = Stream.CreatedAt!.Value.AddDays(-1) };
        var leases = Listing(
            Lease(0, ExtendedSequenceNumber.Latest) with
            {
                PrivateAttributes = LeaseAnnotations.Of(earlier, new StoredStartTime(LookedAt)),
            });
        foreach (var position in (InitialPosition[])[
            InitialPosition.Latest,
            InitialPosition.AtTimestamp(Instant),
            InitialPosition.TrimHorizon,
        ])
        {
            Assert.Equal(["1@TRIM_HORIZON"], Texts(Plan(Tree([Open(0, 0, 9), Open(1, 10, UInt128.MaxValue)]), leases, position)));
        }
    }

    [Fact]
    public void In_a_stream_that_was_created_again_and_resharded_leases_of_the_earlier_one_do_not_hide_missing_parents()
    {
        var earlier = Stream with { CreatedAt = Stream.CreatedAt!.Value.AddDays(-1) };
        var tree = Tree([Open(0, 0, 9), Closed(1, 10, UInt128.MaxValue), Open(2, 10, 19, 1), Open(3, 20, UInt128.MaxValue, 1)]);
        var old = LeaseAnnotations.Of(earlier, null);
        var leases = Listing(
            Lease(0, At(7)) with { PrivateAttributes = old },
            Lease(2, At(8)) with { PrivateAttributes = old },
            Lease(3, ExtendedSequenceNumber.Latest) with { PrivateAttributes = old });

        Assert.Equal(["1@TRIM_HORIZON"], Texts(Plan(tree, leases, InitialPosition.Latest)));
    }

    /// <summary>
    /// For any history and any leases, every open shard has a lease or an ancestor with one, and a second comparison finds no other missing
    /// lease.
    /// </summary>
    [Fact]
    public void Every_open_shard_is_reached_and_a_second_look_adds_nothing() =>
        Gen.Select(Gen.Int[0, 12], Gen.Int, Gen.Int[0, 2]).Sample((changes, seed, start) =>
        {
            var random = new Random(seed);
            var shards = History(changes, random);
            var position =
                start switch { 0 => InitialPosition.Latest, 1 => InitialPosition.TrimHorizon, _ => InitialPosition.AtTimestamp(Instant) };
            var leases = shards.Where(_ => random.Next(4) == 0).Select(s => AnyLease(s, random)).ToList();
            var tree = Tree(shards);
            var first = Plan(tree, new(leases), position);
            Assert.Equal(first.Count, first.Select(l => l.Key).Distinct().Count());
            Assert.DoesNotContain(first, l => leases.Exists(other => other.Key == l.Key));
            leases.AddRange(first);
            var leased = leases.Select(l => l.ShardId).ToHashSet();
            var finished = leases.Where(l => l.Checkpoint.IsShardEnd).Select(l => l.ShardId).ToHashSet();
            Assert.All(tree.Open, open => Assert.True(Reached(tree, open, leased), $"{open.ShardId} is reached from no lease"));
            Assert.All(
                tree.Open.Where(o => !leased.Contains(o.ShardId)),
                open => Assert.False(
                    open.Parents.All(finished.Contains),
                    $"the parents of {open.ShardId} are finished, and nobody will create its lease"));
            Assert.Empty(Plan(tree, new(leases), position));
        });

    private static Lease AnyLease(Shard shard, Random random) => new()
    {
        Key = new(shard.ShardId.Value),
        ShardId = shard.ShardId,
        Checkpoint = (shard.IsOpen ? random.Next(3) : random.Next(4)) switch
        {
            0 => ExtendedSequenceNumber.TrimHorizon,
            1 => ExtendedSequenceNumber.Latest,
            2 => At(7),
            _ => ExtendedSequenceNumber.ShardEnd,
        },
        PrivateAttributes = random.Next(2) == 0
            ? LeaseAnnotations.Of(Stream, new StoredStartTime(LookedAt))
            : LeaseAnnotations.Of(null, null),
    };

    private static IReadOnlyList<Lease> Plan(ShardTree tree, LeaseListing leases, InitialPosition position) =>
        ShardSyncPlanner.Plan(tree, leases, new(Start(position), Stream, Now, ApplicationHistory.Of(leases, Stream), Keys)).LeasesToCreate;

    private static StartPosition Start(InitialPosition position) => StartPosition.From(position.Checkpoint, configured: position.Timestamp);

    private static InitialLeaseFactory Rule(InitialPosition position) =>
        InitialLeaseFactory.WithoutHistory(Start(position), Stream, Now, Keys);

    private static Lease AtTip(int number, DateTimeOffset lookedAt) =>
        Lease(number, ExtendedSequenceNumber.Latest) with
        {
            PrivateAttributes = LeaseAnnotations.Of(Stream, new StoredStartTime(lookedAt)),
        };

    private static ExtendedSequenceNumber Service(int shard, DateTimeOffset at) => new(ServiceNumber(shard, Earlier, at, 1));

    internal static bool Reached(ShardTree tree, Shard shard, HashSet<ShardId> leased) =>
        leased.Contains(shard.ShardId) || tree.ParentsOf(shard).Any(p => Reached(tree, p, leased));

    internal static List<Shard> History(int changes, Random random)
    {
        var quarter = UInt128.MaxValue / 4;
        List<Shard> shards = [
            Open(0, 0, quarter),
            Open(1, quarter + 1, quarter * 2),
            Open(2, (quarter * 2) + 1, quarter * 3),
            Open(3, (quarter * 3) + 1, UInt128.MaxValue),
        ];
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

        // The oldest records may already be trimmed.
        var trimmed = random.Next(3);
        shards.RemoveAll(s => !s.IsOpen && Number(s) < trimmed);
        return shards;

        void Close(Shard shard) => shards[shards.IndexOf(shard)] = shard with { EndingSequenceNumber = SequenceNumber.Parse("9000") };

        static int Number(Shard shard) =>
            int.Parse(shard.ShardId.Value["shardId-".Length..], System.Globalization.CultureInfo.InvariantCulture);
    }
}
