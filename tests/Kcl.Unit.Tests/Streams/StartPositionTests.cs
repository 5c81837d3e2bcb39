using Kcl.Kinesis;
using Kcl.Streams;

namespace Kcl.Unit.Tests.Streams;

public class StartPositionTests
{
    private static readonly DateTimeOffset Stored = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Configured = Stored.AddHours(1);
    private static readonly ExtendedSequenceNumber Number = ExtendedSequenceNumber.Parse("17", 2);

    [Fact]
    public void Only_positions_that_stand_for_an_instant_have_one()
    {
        Assert.Null(StartPosition.From(ExtendedSequenceNumber.TrimHorizon, Stored, Configured).Instant);
        Assert.Null(StartPosition.From(ExtendedSequenceNumber.Latest, null, Configured).Instant);
        Assert.Equal(Stored, StartPosition.From(ExtendedSequenceNumber.Latest, Stored, Configured).Instant);
        Assert.Equal(Configured, StartPosition.From(ExtendedSequenceNumber.AtTimestamp, null, Configured).Instant);
        Assert.Equal(Stored, StartPosition.From(ExtendedSequenceNumber.AtTimestamp, Stored, Configured).Instant);
        Assert.Null(StartPosition.From(Number, Stored, Configured).Instant);
    }

    [Fact]
    public void The_shard_is_read_from_what_the_position_stands_for()
    {
        Assert.Equal(StartingPosition.TrimHorizon, StartPosition.TrimHorizon.ToIterator());
        Assert.Equal(StartingPosition.Latest, StartPosition.Latest(null).ToIterator());
        Assert.Equal(StartingPosition.AtTimestamp(Stored), StartPosition.Latest(Stored).ToIterator());
        Assert.Equal(StartingPosition.AtTimestamp(Stored), AtTimestamp(Stored).ToIterator());
        Assert.Equal(StartingPosition.TrimHorizon, AtTimestamp(null).ToIterator());
        Assert.Equal(StartingPosition.At(Number.SequenceNumber), StartPosition.From(Number).ToIterator());
        Assert.Throws<InvalidOperationException>(() => StartPosition.From(ExtendedSequenceNumber.ShardEnd).ToIterator());
    }

    [Fact]
    public void Ancestors_count_unless_the_shard_starts_at_the_tip_or_was_read_before()
    {
        Assert.True(StartPosition.TrimHorizon.IncludesAncestors);
        Assert.True(AtTimestamp(null).IncludesAncestors);
        Assert.False(StartPosition.Latest(Stored).IncludesAncestors);
        Assert.False(StartPosition.From(Number).IncludesAncestors);
        Assert.False(StartPosition.From(ExtendedSequenceNumber.ShardEnd).IncludesAncestors);
    }

    [Fact]
    public void An_application_without_leases_lists_the_shards_that_exist_at_its_start()
    {
        Assert.Equal(new(ShardFilterType.AtTrimHorizon), StartPosition.TrimHorizon.ListFilter);
        Assert.Equal(new(ShardFilterType.AtLatest), StartPosition.Latest(null).ListFilter);
        Assert.Equal(new(ShardFilterType.AtTimestamp, Configured), AtTimestamp(Configured).ListFilter);
    }

    [Fact]
    public void A_child_continues_to_look_for_the_instant_that_its_parent_did_not_reach()
    {
        Assert.Equal(AtTimestamp(Stored), AtTimestamp(Stored).ForChild());
        Assert.Equal(StartPosition.TrimHorizon, StartPosition.Latest(Stored).ForChild());
        Assert.Equal(StartPosition.TrimHorizon, StartPosition.From(Number).ForChild());
    }

    [Fact]
    public void The_tip_is_fixed_at_the_first_look_and_stays_there()
    {
        Assert.Equal(StartPosition.Latest(Stored), StartPosition.Latest(null).ResolveAt(Stored));
        Assert.Equal(StartPosition.Latest(Stored), StartPosition.Latest(Stored).ResolveAt(Configured));
        Assert.Equal(AtTimestamp(null), AtTimestamp(null).ResolveAt(Stored));
    }

    [Fact]
    public void The_text_names_the_instant()
    {
        Assert.Equal("LATEST (2026-01-01T12:00:00.000Z)", StartPosition.Latest(Stored).ToString());
        Assert.Equal("AT_TIMESTAMP", AtTimestamp(null).ToString());
        Assert.True(AtTimestamp(null).LacksInstant);
    }

    private static StartPosition AtTimestamp(DateTimeOffset? instant) => StartPosition.From(ExtendedSequenceNumber.AtTimestamp, instant);
}
