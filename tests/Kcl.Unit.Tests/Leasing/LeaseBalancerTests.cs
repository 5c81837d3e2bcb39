using CsCheck;
using Kcl.Leasing;
using Kcl.Leasing.Taking;

namespace Kcl.Unit.Tests.Leasing;

public sealed class LeaseBalancerTests
{
    private static readonly BalanceLimits Limits = new(int.MaxValue, 1);

    [Fact]
    public void Alone_it_takes_everything_in_a_few_rounds()
    {
        var plan = LeaseBalancer.Plan(Free(100), W(0), Limits, 1);
        Assert.Equal(8, plan.LeasesToTake.Count);
        Assert.Equal(92, plan.Waiting);
        var more = LeaseBalancer.Plan([.. Owned(0, 64), .. Free(36, from: 64)], W(0), Limits, 1);
        Assert.Equal(36, more.LeasesToTake.Count);
    }

    [Fact]
    public void Need_of_two_from_a_richest_exactly_at_target_steals_one()
    {
        // 10 leases, 3 workers: the target is 4.
        var plan = LeaseBalancer.Plan(
            [.. Owned(1, 4), .. Owned(2, 4, from: 4), .. Owned(0, 2, from: 8)],
            W(0),
            Limits with { MaxSteal = 5 },
            7);
        Assert.Equal(4, plan.Target);
        Assert.Single(plan.LeasesToSteal);
    }

    [Fact]
    public void Need_of_one_from_a_richest_exactly_at_target_steals_nothing() =>
        Assert.Empty(LeaseBalancer.Plan([.. Owned(1, 4), .. Owned(2, 3, from: 4), .. Owned(0, 3, from: 7)], W(0), Limits, 7).LeasesToSteal);

    [Fact]
    public void No_more_is_stolen_at_a_time_than_allowed()
    {
        Assert.Single(LeaseBalancer.Plan(Owned(1, 40), W(0), Limits, 7).LeasesToSteal);
        Assert.Equal(5, LeaseBalancer.Plan(Owned(1, 40), W(0), Limits with { MaxSteal = 5 }, 7).LeasesToSteal.Count);
        Assert.Equal(20, LeaseBalancer.Plan(Owned(1, 40), W(0), Limits with { MaxSteal = 100 }, 7).LeasesToSteal.Count);
    }

    [Fact]
    public void Nothing_is_stolen_while_something_is_free()
    {
        var plan = LeaseBalancer.Plan([.. Owned(1, 40), .. Free(1, from: 40)], W(0), Limits, 7);
        Assert.Single(plan.LeasesToTake);
        Assert.Empty(plan.LeasesToSteal);
    }

    [Fact]
    public void What_nobody_came_for_is_taken_above_the_target_but_not_above_the_most()
    {
        var overdue = Free(4, from: 6).Select(c => c with { State = LeaseCandidateState.Overdue });
        LeaseCandidate[] candidates = [.. Owned(0, 3), .. Owned(1, 3, from: 3), .. overdue];
        Assert.Equal(4, LeaseBalancer.Plan(candidates, W(0), Limits, 7).LeasesToTake.Count);
        var limited = LeaseBalancer.Plan(candidates, W(0), Limits with { MaxLeases = 5 }, 7);
        Assert.Equal(2, limited.LeasesToTake.Count);
        Assert.Equal(2, limited.Spillover);
    }

    [Fact]
    public void A_lease_that_only_its_owner_knows_the_position_of_counts_as_the_owners_but_is_not_stolen()
    {
        var tied = Owned(1, 4).Select(c => c with { State = LeaseCandidateState.Tied }).ToArray();
        var plan = LeaseBalancer.Plan(tied, W(0), Limits, 7);
        Assert.Equal((2, 2), (plan.Workers, plan.Target));
        Assert.Empty(plan.LeasesToSteal.Concat(plan.LeasesToTake));

        // Some of its other leases are expired.
        Assert.Equal(
            ["4"],
            LeaseBalancer.Plan([.. tied.Take(3), .. Owned(1, 1, from: 4)], W(0), Limits, 7).LeasesToSteal.Select(l => l.Key.Value));
    }

    [Fact]
    public void Avoided_leases_are_left_to_others()
    {
        var avoided = Free(2).Select(c => c with { State = LeaseCandidateState.Avoided });
        Assert.Empty(LeaseBalancer.Plan([.. avoided], W(0), Limits, 7).LeasesToTake);
    }

    [Fact]
    public void With_as_many_workers_as_leases_the_target_is_one() =>
        Assert.Equal(1, LeaseBalancer.Plan([.. Owned(1, 2), .. Owned(2, 1, from: 2)], W(0), Limits, 7).Target);

    /// <summary>
    /// From any state of any fleet: after a bounded number of rounds, the numbers of leases differ by at most one and no longer change, no
    /// worker exceeds its maximum, and no lease is without an owner.
    /// </summary>
    [Fact]
    public void Fleets_converge_and_then_stay_still() =>
        Gen.Select(Gen.Int[1, 9], Gen.Int[0, 60], Gen.Int[1, 4], Gen.Int).Sample((workers, leases, maxSteal, seed) =>
        {
            var random = new Random(seed);
            var owners = Enumerable.Range(0, leases).Select(_ => random.Next(-1, workers)).ToArray();
            var limits = new BalanceLimits(int.MaxValue, maxSteal);
            var quietFor = 0;
            var rounds = 0;
            for (; quietFor < 2; rounds++)
            {
                Assert.True(rounds <= (3 * leases) + 10, $"still moving after {rounds} rounds");
                quietFor = Round(owners, workers, limits, random) == 0 ? quietFor + 1 : 0;
            }

            Assert.DoesNotContain(-1, owners);
            var counts = Enumerable.Range(0, workers).Select(w => owners.Count(o => o == w)).ToList();
            Assert.True(counts.Max() - counts.Min() <= 1, $"unbalanced: {string.Join(' ', counts)}");
        });

    /// <summary>
    /// If workers have different limits, none is exceeded, and a lease remains without an owner only if every worker is full.
    /// </summary>
    [Fact]
    public void No_limit_is_exceeded_and_no_lease_starves() =>
        Gen.Select(Gen.Int[1, 6].Array[1, 6], Gen.Int[0, 30], Gen.Int).Sample((most, leases, seed) =>
        {
            var random = new Random(seed);
            var owners = Enumerable.Repeat(-1, leases).ToArray();
            for (var round = 0; round < (3 * leases) + 10; round++)
            {
                for (var w = 0; w < most.Length; w++)
                {
                    Apply(owners, w, new(most[w], 1), (ulong)random.NextInt64(), overdue: round > 3);
                    Assert.True(owners.Count(o => o == w) <= most[w], $"worker {w} owns more than {most[w]}");
                }
            }

            Assert.Equal(Math.Max(0, leases - most.Sum()), owners.Count(o => o == -1));
        });

    private static int Round(int[] owners, int workers, BalanceLimits limits, Random random) =>
        Enumerable.Range(0, workers)
            .OrderBy(_ => random.Next())
            .Sum(w => Apply(owners, w, limits, (ulong)random.NextInt64(), overdue: false));

    private static int Apply(int[] owners, int worker, BalanceLimits limits, ulong salt, bool overdue)
    {
        var free = overdue ? LeaseCandidateState.Overdue : LeaseCandidateState.Free;
        var candidates = owners.Select(
            (owner, i) => owner < 0 ? new LeaseCandidate(Lease(i, null), free) : new(Lease(i, owner), LeaseCandidateState.Owned)).ToList();
        var plan = LeaseBalancer.Plan(candidates, W(worker), limits, salt);
        var moved = plan.LeasesToTake.Concat(plan.LeasesToSteal).ToList();
        moved.ForEach(l => owners[int.Parse(l.Key.Value, System.Globalization.CultureInfo.InvariantCulture)] = worker);
        return moved.Count;
    }

    private static WorkerId W(int number) => new($"worker-{number}");

    private static LeaseCandidate[] Owned(int worker, int count, int from = 0) =>
        [.. Enumerable.Range(from, count).Select(i => new LeaseCandidate(Lease(i, worker), LeaseCandidateState.Owned))];

    private static LeaseCandidate[] Free(int count, int from = 0) =>
        [.. Enumerable.Range(from, count).Select(i => new LeaseCandidate(Lease(i, null), LeaseCandidateState.Free))];

    private static Lease Lease(int number, int? owner) => new()
    {
        Key = new($"{number}"),
        ShardId = new($"{number}"),
        Owner = owner is { } worker ? W(worker) : null,
        Checkpoint = ExtendedSequenceNumber.TrimHorizon,
    };
}
