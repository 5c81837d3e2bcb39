using CsCheck;
using Kcl.Kinesis;
using Kcl.Retrieval;
using Kcl.Retrieval.Polling;
using Kcl.Streams;
using Kcl.Unit.Tests.Coordination;

namespace Kcl.Unit.Tests.Retrieval;

public class ReadPositionTests
{
    private static readonly DateTimeOffset Instant = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_number_is_read_again_because_it_may_lie_inside_an_aggregate()
    {
        var position = At(new(Number(5), 2), null);

        Assert.Equal(StartingPosition.At(Number(5)), position.Start);
        Assert.Equal(new ExtendedSequenceNumber(Number(5), 2), position.ProcessedThrough);
    }

    [Fact]
    public void Named_positions_stay_what_they_are()
    {
        Assert.Equal(StartingPosition.TrimHorizon, At(ExtendedSequenceNumber.TrimHorizon, Instant).Start);
        Assert.Equal(StartingPosition.Latest, At(ExtendedSequenceNumber.Latest, null).Start);
        Assert.Equal(StartingPosition.AtTimestamp(Instant), At(ExtendedSequenceNumber.AtTimestamp, Instant).Start);
    }

    [Fact]
    public void The_tip_is_where_it_was_at_the_instant_that_is_remembered() =>
        Assert.Equal(StartingPosition.AtTimestamp(Instant), At(ExtendedSequenceNumber.Latest, Instant).Start);

    [Fact]
    public void A_timestamp_nobody_configures_any_more_becomes_the_oldest_record() =>
        Assert.Equal(StartingPosition.TrimHorizon, At(ExtendedSequenceNumber.AtTimestamp, null).Start);

    [Fact]
    public void A_finished_shard_is_not_read_again() =>
        Assert.Throws<ArgumentException>(() => At(ExtendedSequenceNumber.ShardEnd, null));

    [Fact]
    public void Resolving_pins_the_newest_record_and_nothing_else()
    {
        var latest = At(ExtendedSequenceNumber.Latest, null).ResolveAt(Instant);

        Assert.Equal(StartingPositionType.AtTimestamp, latest.Start.Type);
        Assert.InRange(latest.Start.Timestamp!.Value, Instant - TimeSpan.FromSeconds(2), Instant);
        Assert.Equal(StartingPosition.TrimHorizon, new ReadPosition(StartingPosition.TrimHorizon).ResolveAt(Instant).Start);
        Assert.Equal(ReadPosition.After(Number(1)), ReadPosition.After(Number(1)).ResolveAt(Instant));
    }

    [Fact]
    public void From_the_horizon_what_was_read_stays_dropped()
    {
        var after = ReadPosition.After(Number(7)).RestartAtHorizon();
        var at = At(new(Number(7), 3), null).RestartAtHorizon();

        Assert.Equal(
            (StartingPosition.TrimHorizon, new ExtendedSequenceNumber(Number(7), long.MaxValue)),
            (after.Start, after.ProcessedThrough!.Value));
        Assert.Equal((StartingPosition.TrimHorizon, new ExtendedSequenceNumber(Number(7), 3)), (at.Start, at.ProcessedThrough!.Value));
    }

    /// <summary>The binary search finds what a comparison of every record finds.</summary>
    [Fact]
    public void Processed_records_are_counted_as_one_by_one() =>
        Gen.Select(
            Gen.Select(Gen.Long[1, 2000], Gen.Long[0, 3]).Array[0, 30],
            Gen.Long[0, 2100],
            Gen.Long[0, 4]).Sample((positions, checkpoint, sub) =>
        {
            var records = positions.Distinct().Order().Select(p => FakeStream.Record(p.Item1, p.Item2)).ToList();
            var position = At(new(Number(checkpoint), sub), null);

            return position.CountProcessed(records) == records.Count(r => r.Position <= position.ProcessedThrough);
        });

    [Fact]
    public void S74_Numbers_of_different_lengths_are_ordered_as_numbers()
    {
        var position = At(new(Number(99)), null);

        Assert.Equal(2, position.CountProcessed([FakeStream.Record(9), FakeStream.Record(99), FakeStream.Record(100)]));
    }

    [Theory]
    [InlineData("next", 0, ResponseDecision.Continues)]
    [InlineData("next", 1, ResponseDecision.Invalid)]
    [InlineData(null, 1, ResponseDecision.Ended)]
    [InlineData(null, 0, ResponseDecision.MayHaveEnded)]
    public void S1_S2_Answers_are_judged_by_iterator_and_children(string? next, int children, object verdict) =>
        Assert.Equal(
            (ResponseDecision)verdict,
            ShardEndRules.Evaluate(
                next is not null,
                [.. Enumerable.Range(0, children).Select(_ => new ChildShard(new("c"), [new("p")], HashKeyRange.Whole))]));

    [Fact]
    public void S2_A_child_without_parents_makes_an_answer_invalid() =>
        Assert.Equal(ResponseDecision.Invalid, ShardEndRules.Evaluate(hasMore: false, [new(new("c"), [], HashKeyRange.Whole)]));

    /// <summary>A shard that is listed as open never counts as ended, and a listed shard is read to its end.</summary>
    [Fact]
    public void S23_Only_the_shard_list_ends_a_shard_that_is_not_found()
    {
        foreach (var start in Enum.GetValues<StartingPositionType>())
        {
            Assert.NotEqual(ShardEndDecision.Ended, ShardEndRules.AfterNotFound(isListed: true, isOpen: true, TimeSpan.Zero, start));
            Assert.Equal(
                ShardEndDecision.ReadOn,
                ShardEndRules.AfterNotFound(isListed: false, isOpen: false, TimeSpan.FromSeconds(4), start));
            Assert.Equal(
                ShardEndDecision.Ended,
                ShardEndRules.AfterNotFound(isListed: false, isOpen: false, TimeSpan.FromSeconds(5), start));
        }

        Assert.Equal(
            ShardEndDecision.ReadFromHorizon,
            ShardEndRules.AfterNotFound(true, false, TimeSpan.Zero, StartingPositionType.AfterSequenceNumber));
        Assert.Equal(ShardEndDecision.Ended, ShardEndRules.AfterNotFound(true, false, TimeSpan.Zero, StartingPositionType.TrimHorizon));
        Assert.Equal(ShardEndDecision.ReadOn, ShardEndRules.AfterLastResponse(true, true, TimeSpan.Zero));
        Assert.Equal(ShardEndDecision.Ended, ShardEndRules.AfterLastResponse(true, false, TimeSpan.Zero));
        Assert.Equal(ShardEndDecision.ReadOn, ShardEndRules.AfterLastResponse(false, false, TimeSpan.Zero));
        Assert.Equal(ShardEndDecision.Ended, ShardEndRules.AfterLastResponse(false, false, TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public void A_refused_number_before_the_shards_first_is_read_from_the_horizon_and_no_other()
    {
        Assert.Equal(ShardEndDecision.ReadFromHorizon, ShardEndRules.AfterRefusal(StartingPosition.At(Number(9)), Number(10)));
        Assert.Equal(ShardEndDecision.ReadFromHorizon, ShardEndRules.AfterRefusal(StartingPosition.After(Number(9)), Number(10)));
        Assert.Equal(ShardEndDecision.ReadOn, ShardEndRules.AfterRefusal(StartingPosition.At(Number(10)), Number(10)));
        Assert.Equal(ShardEndDecision.ReadOn, ShardEndRules.AfterRefusal(StartingPosition.At(Number(9)), null));
        Assert.Equal(ShardEndDecision.ReadOn, ShardEndRules.AfterRefusal(StartingPosition.AtTimestamp(Instant), Number(10)));

        // A sequence number of the service belongs to an earlier stream, and its lease starts over before any record is read.
        var earlier = Shards.ServiceNumber(0, Instant);
        Assert.Equal(
            ShardEndDecision.ReadOn,
            ShardEndRules.AfterRefusal(StartingPosition.At(earlier), Shards.ServiceNumber(0, Instant.AddDays(1))));
    }

    [Fact]
    public void A_crowd_of_shards_asks_for_answers_that_fit_their_shares()
    {
        var size = Enumerable.Range(0, 20).Aggregate(ResponseSize.Unknown, (s, _) => s.After(10_000, 10 << 20));

        Assert.Equal(10_000, size.GetLimit(16L << 20, 10_000));
        Assert.InRange(size.GetLimit(256 << 10, 10_000), 900, 1100); // 1 MiB; smaller responses need more calls
        Assert.InRange(size.GetLimit(4L << 20, 10_000), 3_800, 4_200);
        Assert.Equal(500, size.GetLimit(4L << 20, 500));
        Assert.InRange(size.GetReservation(1_000), 900_000, 1_100_000);
    }

    [Fact]
    public void Expectations_follow_the_answers_and_stay_below_the_services_limit() =>
        Gen.Select(Gen.Int[0, 10_000], Gen.Int[0, 11 << 20]).Array[0, 50].Sample(answers =>
        {
            var size = answers.Aggregate(ResponseSize.Unknown, (s, a) => s.After(a.Item1, a.Item2));
            var limit = size.GetLimit(1 << 20, 10_000);
            return size.GetReservation(limit) is >= 1 and <= RetrievalSettings.MaxResponseBytes && limit is >= 1 and <= 10_000;
        });

    private static ReadPosition At(ExtendedSequenceNumber checkpoint, DateTimeOffset? instant) =>
        ReadPosition.From(StartPosition.From(checkpoint, instant));

    private static SequenceNumber Number(long number) => SequenceNumber.Parse($"{number}");
}
