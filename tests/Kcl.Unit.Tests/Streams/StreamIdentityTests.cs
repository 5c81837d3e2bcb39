using Kcl.Kinesis;
using Kcl.Streams;
using Kcl.Unit.Tests.Retrieval;

namespace Kcl.Unit.Tests.Streams;

public class StreamIdentityTests
{
    private const string Arn = "arn:aws:kinesis:us-east-1:123456789012:stream/words";
    private static readonly DateTimeOffset Created = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);
    private static readonly StreamIdentity Stream = new(new("words"), StreamArn.Parse(Arn), Created);

    [Theory]
    [InlineData(Arn + "@2026-01-02T03:04:05.678Z")]
    [InlineData(Arn)]
    [InlineData("words@2026-01-02T03:04:05.000Z")]
    [InlineData("words")]
    public void What_is_stored_is_read_back(string text) => Assert.Equal(text, StreamIdentity.ParseOrNull(text)!.ToString());

    [Theory]
    [InlineData("")]
    [InlineData("@2026-01-02T03:04:05.678Z")]
    [InlineData("words@yesterday")]
    [InlineData("two words")]
    public void Other_texts_are_no_identity(string text) => Assert.Null(StreamIdentity.ParseOrNull(text));

    [Fact]
    public void A_description_is_an_identity_as_far_as_it_goes()
    {
        Assert.Equal(
            Stream,
            StreamIdentity.Of(FakeStream.Summary() with { StreamArn = StreamArn.Parse(Arn), CreationTimestamp = Created }));
        Assert.Equal(
            new(new("words"), null, null),
            StreamIdentity.Of(FakeStream.Summary() with { CreationTimestamp = default }));
    }

    [Theory]
    [InlineData(Arn + "@2026-01-02T03:04:05.678Z", "Same")]
    [InlineData(Arn + "@2026-01-02T03:04:05.679Z", "Same")] // rounded in another way
    [InlineData(Arn + "@2026-01-02T03:04:05.000Z", "Same")] // from a server that returns whole seconds
    [InlineData(Arn, "Same")]
    [InlineData("words", "Same")]
    [InlineData(Arn + "@2026-01-02T03:04:04.000Z", "Earlier")]
    [InlineData("words@2025-01-02T03:04:05.678Z", "Earlier")]
    [InlineData(Arn + "@2026-01-02T03:04:06.000Z", "Later")]
    [InlineData("letters@2026-01-02T03:04:05.678Z", "Other")]
    [InlineData("arn:aws:kinesis:us-east-1:123456789012:stream/letters@2026-01-02T03:04:05.678Z", "Other")]
    [InlineData("arn:aws:kinesis:us-west-2:123456789012:stream/words@2026-01-02T03:04:05.678Z", "Other")]
    [InlineData("arn:aws:kinesis:us-east-1:210987654321:stream/words@2026-01-02T03:04:05.678Z", "Other")]
    [InlineData("arn:aws-cn:kinesis:us-east-1:123456789012:stream/words@2026-01-02T03:04:05.678Z", "Other")]
    public void A_remembered_stream_is_compared_by_name_owner_place_and_age(string remembered, string relation) =>
        Assert.Equal(relation, StreamIdentity.ParseOrNull(remembered)!.To(Stream).ToString());
}
