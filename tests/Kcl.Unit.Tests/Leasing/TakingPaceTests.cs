using Kcl.Leasing;

namespace Kcl.Unit.Tests.Leasing;

public sealed class TakingPaceTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(4, 1)]
    [InlineData(10, 2.5)]
    [InlineData(50, 5)]
    public void LargerFleetsLookLessOftenEach(int workers, double seconds) => Assert.Equal(TimeSpan.FromSeconds(seconds), TakingPace.Steady(workers));

    [Fact]
    public void WhoeverHasMoreToTakeLooksAgainAtOnce() => Assert.Equal(0.25, Rest(Plan(waiting: 3)));

    [Fact]
    public void TheInstantALeaseExpiresIsNotMissed()
    {
        Assert.Equal(0.4, Rest(Plan(), nextExpiry: 0.4));
        Assert.Equal(0.1, Rest(Plan(), nextExpiry: -1));
        Assert.Equal(1, Rest(Plan(), nextExpiry: 3));
    }

    [Fact]
    public void ATableThatIsSlowToReadIsNotReadAllTheTime() => Assert.Equal(8, Rest(Plan(waiting: 3), took: 2));

    private static double Rest(BalancePlan plan, double? nextExpiry = null, double took = 0) =>
        TakingPace.Rest(plan, conflicts: 0, nextExpiry is { } expiry ? TimeSpan.FromSeconds(expiry) : null, TimeSpan.FromSeconds(took), jitter: 0.5).TotalSeconds;

    private static BalancePlan Plan(int waiting = 0) => new([], [], Target: 1, Mine: 1, Workers: 2, waiting, Spillover: 0);
}
