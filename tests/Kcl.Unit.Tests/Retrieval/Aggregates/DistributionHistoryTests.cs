using CsCheck;
using Kcl.Kinesis;
using Kcl.Retrieval.Aggregates;

namespace Kcl.Unit.Tests.Retrieval.Aggregates;

public sealed class DistributionHistoryTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 24, 0, 0, 0, TimeSpan.Zero);
    private static readonly Gen<(int Seconds, int Change)[]> Steps = Gen.Select(Gen.Int[1, 200], Gen.Int[0, 3]).Array[1, 40];
    private static readonly TimeSpan RoundTrip = TimeSpan.FromMilliseconds(50);

    [Fact]
    public void What_nobody_has_asked_yet_has_to_be_asked() =>
        Assert.Equal(MisplacedAggregateDecision.Ask, default(DistributionHistory).Evaluate(At(0), At(0)));

    [Fact]
    public void An_aggregate_older_than_the_answer_that_keys_decide_is_left_out()
    {
        var known = Answered(default, RecordDistributionStrategy.UserPartitionKey, 100);

        Assert.Equal(MisplacedAggregateDecision.LeaveOut, known.Evaluate(At(10), At(101)));
        Assert.Equal(MisplacedAggregateDecision.LeaveOut, known.Evaluate(At(10), At(100_000)));
    }

    [Fact]
    public void An_aggregate_about_as_young_as_the_answer_or_of_unknown_age_has_to_be_asked_about()
    {
        var known = Answered(default, RecordDistributionStrategy.UserPartitionKey, 100);

        Assert.Equal(MisplacedAggregateDecision.Ask, known.Evaluate(At(99.5), At(101))); // the clocks may differ
        Assert.Equal(MisplacedAggregateDecision.Ask, known.Evaluate(At(101), At(101)));
        Assert.Equal(MisplacedAggregateDecision.Ask, known.Evaluate(null, At(101)));
        var later = Answered(known, RecordDistributionStrategy.UserPartitionKey, 102);
        Assert.Equal(MisplacedAggregateDecision.LeaveOut, later.EvaluateAfterRequest(At(101.9), At(102.1)));
        Assert.Equal(MisplacedAggregateDecision.LeaveOut, later.EvaluateAfterRequest(null, At(102.1)));
    }

    [Theory]
    [InlineData(RecordDistributionStrategy.Auto)]
    [InlineData(RecordDistributionStrategy.Unknown)]
    public void While_keys_do_not_decide_everything_is_delivered_and_the_question_is_put_once_a_minute(RecordDistributionStrategy strategy)
    {
        var known = Answered(default, strategy, 100);

        foreach (var arrival in new[] { At(10), At(99), At(150), (DateTimeOffset?)null })
        {
            Assert.Equal(MisplacedAggregateDecision.Deliver, known.Evaluate(arrival, At(159)));
            Assert.Equal(MisplacedAggregateDecision.Ask, known.Evaluate(arrival, At(161)));
            Assert.Equal(MisplacedAggregateDecision.Deliver, known.EvaluateAfterRequest(arrival, At(161)));
        }
    }

    [Fact]
    public void What_arrived_before_keys_were_seen_to_decide_again_is_delivered_for_ever()
    {
        var known = Answered(Answered(default, RecordDistributionStrategy.Auto, 100), RecordDistributionStrategy.UserPartitionKey, 200);
        var later = Answered(known, RecordDistributionStrategy.UserPartitionKey, 90_000);

        foreach (var history in new[] { known, later })
        {
            Assert.Equal(MisplacedAggregateDecision.Deliver, history.Evaluate(At(10), At(100_000)));
            Assert.Equal(MisplacedAggregateDecision.Deliver, history.EvaluateAfterRequest(At(200), At(100_000)));
        }

        Assert.Equal(MisplacedAggregateDecision.LeaveOut, later.Evaluate(At(300), At(100_000)));
    }

    [Fact]
    public void Without_an_answer_what_was_known_decides_and_the_rest_is_delivered()
    {
        var known = Answered(default, RecordDistributionStrategy.UserPartitionKey, 100).AfterFailedRequest(At(200));

        Assert.Equal(MisplacedAggregateDecision.LeaveOut, known.EvaluateAfterRequest(At(50), At(200)));
        Assert.Equal(MisplacedAggregateDecision.Deliver, known.EvaluateAfterRequest(At(150), At(200)));
        Assert.Equal(MisplacedAggregateDecision.Deliver, known.Evaluate(At(150), At(229)));
        Assert.Equal(MisplacedAggregateDecision.Ask, known.Evaluate(At(150), At(231)));
        var answered = Answered(known, RecordDistributionStrategy.UserPartitionKey, 232);
        Assert.Equal(MisplacedAggregateDecision.LeaveOut, answered.EvaluateAfterRequest(At(150), At(232)));
    }

    /// <summary>
    /// For any changes of the strategy, unless a change and its reversal are both missed, and at any time of the decision: an aggregate
    /// that arrived while the service chose the shards is delivered.
    /// </summary>
    [Fact]
    public void Nothing_that_the_service_distributed_by_itself_is_ever_left_out() =>
        Gen.Select(Steps, Gen.Bool, Gen.Double[-0.9, 0.9]).Sample((steps, startsAuto, skew) =>
        {
            // Every step asks for the strategy, so no change is missed. Only some steps change the strategy, directly after the response.
            var (known, auto, now) = (default(DistributionHistory), startsAuto, 0.0);
            var arrivals = new List<(double At, bool Auto)>();
            foreach (var (seconds, change) in steps)
            {
                for (var i = 0; i < 4; i++)
                {
                    now += seconds / 4.0;
                    arrivals.Add((now, auto));
                    foreach (var (at, byItself) in arrivals)
                    {
                        if (byItself && known.Evaluate(At(at + skew), At(now)) == MisplacedAggregateDecision.LeaveOut)
                        {
                            return false;
                        }
                    }
                }

                known = Answered(known, auto ? RecordDistributionStrategy.Auto : RecordDistributionStrategy.UserPartitionKey, now);
                if (arrivals.Any(arrival => arrival.Auto
                    && known.EvaluateAfterRequest(At(arrival.At + skew), At(now)) == MisplacedAggregateDecision.LeaveOut))
                {
                    return false;
                }

                auto ^= change == 0;
            }

            return true;
        });

    private static DateTimeOffset At(double seconds) => Start.AddSeconds(seconds);

    private static DistributionHistory Answered(DistributionHistory before, RecordDistributionStrategy strategy, double asked) =>
        before.After(strategy, At(asked), At(asked) + RoundTrip);
}
