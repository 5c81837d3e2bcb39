using CsCheck;
using Kcl.Kinesis;
using Kcl.Kinesis.Transport;

namespace Kcl.Unit.Tests.Kinesis.Transport;

public class RetryPolicyTests
{
    private static readonly RetrySettings Settings = new(4, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(10));
    private static readonly Gen<KinesisErrorCode> Code =
        Gen.Int[0, Enum.GetValues<KinesisErrorCode>().Length - 1].Select(index => Enum.GetValues<KinesisErrorCode>()[index]);

    [Theory]
    [InlineData(KinesisErrorCode.Throttled, 1, 100)]
    [InlineData(KinesisErrorCode.Unreachable, 3, 400)]
    [InlineData(KinesisErrorCode.LimitExceeded, 2, 2000)]
    public void The_upper_end_doubles(KinesisErrorCode code, int attempts, int milliseconds) =>
        Assert.Equal(milliseconds / 2, RetryPolicy.GetPause(Settings, code, false, attempts, TimeSpan.MaxValue, 0.5)?.TotalMilliseconds);

    [Theory]
    [InlineData(KinesisErrorCode.ResourceNotFound)]
    [InlineData(KinesisErrorCode.ResourceInUse)]
    [InlineData(KinesisErrorCode.InvalidArgument)]
    [InlineData(KinesisErrorCode.ExpiredIterator)]
    [InlineData(KinesisErrorCode.ExpiredNextToken)]
    [InlineData(KinesisErrorCode.AccessDenied)]
    [InlineData(KinesisErrorCode.Kms)]
    [InlineData(KinesisErrorCode.Other)]
    public void Permanent_failures_are_not_retried(KinesisErrorCode code) =>
        Assert.Null(RetryPolicy.GetPause(Settings, code, false, 1, TimeSpan.MaxValue, 0));

    [Fact]
    public void Bounds_always_hold() =>
        Gen.Select(
            Code,
            Gen.Bool,
            Gen.Int[1, 50],
            Gen.Int[0, 60_000],
            Gen.Double[0, 0.999999],
            Gen.Int[1, 40]).Sample((code, reported, attempts, remaining, draw, most) =>
        {
            var settings = Settings with { MaxAttempts = most };
            if (RetryPolicy.GetPause(settings, code, reported, attempts, TimeSpan.FromMilliseconds(remaining), draw) is { } pause)
            {
                Assert.True(attempts < most);
                Assert.InRange(pause, TimeSpan.Zero, settings.MaxDelay);
                Assert.True(pause < TimeSpan.FromMilliseconds(remaining));
                Assert.False(reported && code == KinesisErrorCode.Throttled);
            }
        });

    [Fact]
    public void A_budget_runs_dry_and_recovers()
    {
        var budget = new RetryBudget();
        var paid = 0;
        while (budget.TryPay(KinesisErrorCode.Unreachable))
        {
            paid++;
        }

        Assert.Equal(50, paid);
        for (var i = 0; i < 5; i++)
        {
            budget.Earn();
        }

        Assert.False(budget.TryPay(KinesisErrorCode.Unreachable));
        Assert.True(budget.TryPay(KinesisErrorCode.Throttled));
        for (var i = 0; i < 10_000; i++)
        {
            budget.Earn();
        }

        Assert.Equal(RetryBudget.Capacity, budget.Tokens);
    }
}
