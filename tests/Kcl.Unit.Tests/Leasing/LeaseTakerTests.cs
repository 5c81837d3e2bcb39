using Kcl.Leasing;
using Kcl.Leasing.Holding;
using Kcl.Leasing.Taking;
using Kcl.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Kcl.Unit.Tests.Leasing;

public sealed class LeaseTakerTests
{
    private static readonly WorkerId Self = new("me");
    private readonly InMemoryLeaseStore _store = new();
    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_decider_that_replaces_another_decides_from_the_next_round_on()
    {
        await _store.TryCreateAsync(Lease(1), Cancelled);
        var taker = Taker(new Nothing());
        Assert.Empty((await RunRoundAsync(taker)).Taken);

        taker.Decider = new CountBasedDecider(new(int.MaxValue, 1));
        var taken = Assert.Single((await RunRoundAsync(taker)).Taken);
        await taken.DisposeAsync();
    }

    [Fact]
    public async Task A_lease_that_was_given_up_is_left_to_peers_for_a_while_that_doubles()
    {
        await _store.TryCreateAsync(Lease(1), Cancelled);
        var taker = Taker(new CountBasedDecider(new(int.MaxValue, 1)));
        var released = new LeaseLoss(LeaseLossReason.Released, 1, NewOwner: null);
        taker.OnLeaseEnded(released, Lease(1).Key, gaveUp: true);
        Assert.Equal(TimeSpan.FromSeconds(10), taker.GetBackoff(Lease(1).Key));
        Assert.Empty((await RunRoundAsync(taker)).Taken);

        taker.OnLeaseEnded(released, Lease(1).Key, gaveUp: true);
        Assert.Equal(TimeSpan.FromSeconds(20), taker.GetBackoff(Lease(1).Key));

        taker.ClearBackoff(Lease(1).Key);
        Assert.Equal(TimeSpan.Zero, taker.GetBackoff(Lease(1).Key));
        var taken = Assert.Single((await RunRoundAsync(taker)).Taken);
        await taken.DisposeAsync();
    }

    private static Lease Lease(int number) => new()
    {
        Key = new($"{number}"),
        ShardId = new($"{number}"),
        Checkpoint = ExtendedSequenceNumber.TrimHorizon,
    };

    private LeaseTaker Taker(ILeaseAssignmentDecider decider)
    {
        var services = new LeasingServices(_store, new(TimeSpan.FromSeconds(10)), _time, new Random(1), NullLogger.Instance);
        var rules = new TakingRules(static table => table, (_, _) => ValueTask.FromResult(true), _ => true, _ => null, _ => false);
        return new(services, Self, decider, rules);
    }

    private static ValueTask<LeaseTakeResult> RunRoundAsync(LeaseTaker taker) =>
        taker.RunRoundAsync(new Dictionary<LeaseKey, HeldLease>(), Cancelled);

    private sealed class Nothing : ILeaseAssignmentDecider
    {
        public LeaseAssignmentPlan Decide(LeaseTableSnapshot snapshot) => new();
    }
}
