using Kcl.Leasing;
using Kcl.Leasing.Taking;

namespace Kcl.Unit.Tests.Leasing;

public sealed class LeaseScanPacingTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(4, 1)]
    [InlineData(10, 2.5)]
    [InlineData(50, 5)]
    public void Larger_fleets_look_less_often_each(int workers, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), LeaseTiming.ScanInterval(workers));

    [Fact]
    public void Whoever_has_more_to_take_looks_again_at_once() => Assert.Equal(0.25, Rest(Plan(waiting: 3)));

    [Fact]
    public void The_instant_a_lease_expires_is_not_missed()
    {
        Assert.Equal(0.4, Rest(Plan(), nextExpiry: 0.4));
        Assert.Equal(0.1, Rest(Plan(), nextExpiry: -1));
        Assert.Equal(1, Rest(Plan(), nextExpiry: 3));
    }

    [Fact]
    public void A_table_that_is_slow_to_read_is_not_read_all_the_time() => Assert.Equal(8, Rest(Plan(waiting: 3), took: 2));

    private static double Rest(LeaseAssignmentPlan plan, double? nextExpiry = null, double took = 0) =>
        LeaseScanPacing.GetDelay(
            plan,
            conflicts: 0,
            nextExpiry is { } expiry ? TimeSpan.FromSeconds(expiry) : null,
            TimeSpan.FromSeconds(took),
            jitter: 0.5).TotalSeconds;

    private static LeaseAssignmentPlan Plan(int waiting = 0) => new() { Target = 1, Mine = 1, Workers = 2, Waiting = waiting };
}
