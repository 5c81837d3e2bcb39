using Kcl.Streams;
using Kcl.Unit.Tests.Coordination;

namespace Kcl.Unit.Tests.Streams;

public class SequenceNumberFieldsTests
{
    /// <summary>Tests sequence numbers of the service. The records arrived within about a second after the time in their numbers.</summary>
    [Theory]
    [InlineData("49590338271490256608559692538361571095921575989136588898", 1542776258L, 1545084650L)]
    [InlineData("49606579326406038367464048750237457368417136686533705730", null, 1588670712L)]
    [InlineData("49647060812288014558888668248263847763900017820167045122", null, 1701760152L)]
    [InlineData("49628566489653659107048838082246518393102916603510521906", null, 1649930048L)]
    public void Numbers_of_the_service_tell_when_shard_and_record_were_made(string number, long? created, long recorded)
    {
        var fields = SequenceNumberFields.Of(SequenceNumber.Parse(number))!.Value;

        Assert.Equal(recorded, fields.RecordedAt.ToUnixTimeSeconds());
        Assert.Equal(created ?? fields.ShardCreatedAt.ToUnixTimeSeconds(), fields.ShardCreatedAt.ToUnixTimeSeconds());
        Assert.True(fields.ShardCreatedAt <= fields.RecordedAt);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("1")]
    [InlineData("21269319989652663814458848515492872193")] // an older form
    [InlineData("49590338271490256608559692538361571095921575989136588899")] // another version
    [InlineData("19590338271490256608559692538361571095921575989136588898")] // another leading digit
    [InlineData("495903382714902566085596925383615710959215759891365888980")]
    public void Numbers_of_another_form_tell_nothing(string number) => Assert.Null(SequenceNumberFields.Of(SequenceNumber.Parse(number)));

    [Fact]
    public void The_numbers_that_tests_make_have_the_form()
    {
        var (created, at) = (new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), new DateTimeOffset(
            2026,
            2,
            3,
            4,
            5,
            6,
            TimeSpan.Zero));
        Assert.Equal(new SequenceNumberFields(created, at), SequenceNumberFields.Of(Shards.ServiceNumber(17, created, at, 5)));
    }
}
