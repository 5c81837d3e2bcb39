using System.Globalization;

namespace Kcl.Unit.Tests.Coordination;

public sealed class InitialPositionTests
{
    [Theory]
    [InlineData("LATEST", "LATEST")]
    [InlineData("latest", "LATEST")]
    [InlineData("TRIM_HORIZON", "TRIM_HORIZON")]
    [InlineData("Trim_Horizon", "TRIM_HORIZON")]
    [InlineData("2025-01-31T12:00:00Z", "2025-01-31T12:00:00+00:00")]
    [InlineData("2025-01-31T12:00Z", "2025-01-31T12:00:00+00:00")]
    [InlineData("2025-01-31T12:00:00.125+02:00", "2025-01-31T12:00:00.125+02:00")]
    [InlineData("2025-01-31T12:00:00-05:30", "2025-01-31T12:00:00-05:30")]
    public void A_position_is_read_and_written_in_one_form(string text, string written)
    {
        var position = InitialPosition.Parse(text);
        Assert.Equal(written, position.ToString());
        Assert.Equal(position, InitialPosition.Parse(written));
        Assert.Equal(position, Parse<InitialPosition>(text));
    }

    [Theory]
    [InlineData("")]
    [InlineData("AT_TIMESTAMP")]
    [InlineData("SHARD_END")]
    [InlineData("2025-01-31")]
    [InlineData("2025-01-31T12:00:00")]
    [InlineData("31.01.2025 12:00:00 +00:00")]
    [InlineData("1738324800")]
    [InlineData("yesterday")]
    public void Other_text_is_refused_with_what_is_accepted(string text)
    {
        Assert.False(InitialPosition.TryParse(text, out _));
        var failure = Assert.Throws<FormatException>(() => InitialPosition.Parse(text));
        Assert.All(
            ["LATEST", "TRIM_HORIZON", "2025-01-31T12:00:00Z"],
            part => Assert.Contains(part, failure.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void An_instant_is_a_checkpoint_at_a_timestamp()
    {
        var position = InitialPosition.Parse("2025-01-31T12:00:00Z");
        Assert.Equal(ExtendedSequenceNumber.AtTimestamp, position.Checkpoint);
        Assert.Equal(new DateTimeOffset(2025, 1, 31, 12, 0, 0, TimeSpan.Zero), position.Timestamp);
        Assert.False(InitialPosition.TryParse(null, out _));
    }

    private static T Parse<T>(string text)
        where T : IParsable<T> => T.Parse(text, CultureInfo.InvariantCulture);
}
