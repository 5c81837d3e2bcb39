using Kcl.Leasing;
using Kcl.Leasing.Taking;

namespace Kcl.Unit.Tests.Leasing;

public sealed class LeaseExpiryTrackerTests
{
    private static readonly TimeSpan Failover = TimeSpan.FromSeconds(10);
    private readonly LeaseExpiryTracker _observer = new(Failover);

    [Fact]
    public void An_owner_whose_counter_stands_still_longer_than_the_failover_time_has_expired()
    {
        Assert.Equal((TimeSpan.Zero, false), See(0, "a", 5));
        Assert.Equal((Failover, false), See(10, "a", 5));
        Assert.Equal((TimeSpan.FromSeconds(10.1), true), See(10.1, "a", 5));
    }

    [Fact]
    public void Every_move_of_the_counter_restarts_the_watch()
    {
        See(0, "a", 5);
        Assert.Equal((TimeSpan.Zero, false), See(9, "a", 6));
        Assert.False(See(18, "a", 6).Expired);
        Assert.True(See(19.5, "a", 6).Expired);
    }

    [Fact]
    public void A_lease_nobody_owns_does_not_expire()
    {
        See(0, null, 5);
        Assert.Equal((TimeSpan.FromSeconds(60), false), See(60, null, 5));
    }

    [Fact]
    public void A_row_that_vanished_is_forgotten()
    {
        See(0, "a", 5);
        _observer.Observe([], TimeSpan.FromSeconds(5));
        Assert.Equal((TimeSpan.Zero, false), See(60, "a", 5));
    }

    private (TimeSpan Unchanged, bool Expired) See(double at, string? owner, long counter)
    {
        var lease = new Lease
        {
            Key = new("k"),
            ShardId = new("k"),
            Owner = owner is null ? null : new WorkerId(owner),
            Counter = counter,
            Checkpoint = ExtendedSequenceNumber.Latest,
        };
        var seen = Assert.Single(_observer.Observe([lease], TimeSpan.FromSeconds(at)));
        return (seen.Unchanged, seen.IsExpired);
    }
}
