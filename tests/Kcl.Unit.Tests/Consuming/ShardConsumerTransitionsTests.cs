using Kcl.Consuming;
using static Kcl.Consuming.ShardConsumerSignal;
using State = Kcl.Consuming.ShardConsumerState;

namespace Kcl.Unit.Tests.Consuming;

public class ShardConsumerTransitionsTests
{
    // One line per state; the columns are the signals in their order.
    private static readonly Dictionary<ShardConsumerState, ShardConsumerState[]> Table = new()
    {
        // ParentsFinished Started ShardExhausted LeaseLost StopRequested ProcessorUnusable GaveUp ProcessorClosed
        [State.WaitingForParents] = [
            State.Starting,
            State.WaitingForParents,
            State.Draining,
            State.Ended,
            State.Ended,
            State.WaitingForParents,
            State.Ended,
            State.Ended,
        ],
        [State.Starting]          = [
            State.Starting,
            State.Processing,
            State.Draining,
            State.Draining,
            State.Draining,
            State.Starting,
            State.Draining,
            State.Ended,
        ],
        [State.Processing]        = [
            State.Processing,
            State.Processing,
            State.Draining,
            State.Draining,
            State.Draining,
            State.Starting,
            State.Draining,
            State.Ended,
        ],
        [State.Draining]          = [
            State.Draining,
            State.Draining,
            State.Draining,
            State.Draining,
            State.Draining,
            State.Starting,
            State.Draining,
            State.Ended,
        ],
        [State.Ended]             = [
            State.Ended,
            State.Ended,
            State.Ended,
            State.Ended,
            State.Ended,
            State.Ended,
            State.Ended,
            State.Ended,
        ],
    };

    [Fact]
    public void Every_pair_leads_where_the_table_says()
    {
        var signals = Enum.GetValues<ShardConsumerSignal>();
        Assert.Equal(
            [ParentsFinished, Started, ShardExhausted, LeaseLost, StopRequested, ProcessorUnusable, GaveUp, ProcessorClosed],
            signals);
        Assert.Equal(Enum.GetValues<ShardConsumerState>(), Table.Keys);
        foreach (var (state, row) in Table)
        {
            Assert.Equal(row, signals.Select(signal => ShardConsumerTransitions.Next(state, signal)));
        }
    }

    [Theory]
    [InlineData(ShardExhausted, false, true, ShardConsumerOutcome.ShardEnded)]
    [InlineData(ShardExhausted, true, true, ShardConsumerOutcome.ShardEnded)]
    [InlineData(ShardExhausted, true, false, ShardConsumerOutcome.LeaseLost)]
    [InlineData(ShardExhausted, false, false, ShardConsumerOutcome.GaveUp)]
    [InlineData(StopRequested, false, false, ShardConsumerOutcome.Stopped)]
    [InlineData(StopRequested, true, false, ShardConsumerOutcome.LeaseLost)]
    [InlineData(LeaseLost, true, false, ShardConsumerOutcome.LeaseLost)]
    [InlineData(LeaseLost, true, true, ShardConsumerOutcome.LeaseLost)]
    [InlineData(GaveUp, false, false, ShardConsumerOutcome.GaveUp)]
    [InlineData(GaveUp, true, false, ShardConsumerOutcome.LeaseLost)]
    public void An_outcome_claims_only_what_is_so(object reason, bool lost, bool stored, object outcome) =>
        Assert.Equal((ShardConsumerOutcome)outcome, ShardConsumerTransitions.GetOutcome((ShardConsumerSignal)reason, lost, stored));
}
