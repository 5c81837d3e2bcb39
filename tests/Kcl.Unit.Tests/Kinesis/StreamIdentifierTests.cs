using Kcl.Kinesis;

namespace Kcl.Unit.Tests.Kinesis;

public class StreamIdentifierTests
{
    [Theory]
    [InlineData("words", false)]
    [InlineData("arn:aws:kinesis:us-east-1:123456789012:stream/words", true)]
    public void A_name_and_an_ARN_are_parsed(string text, bool byArn)
    {
        var stream = StreamIdentifier.Parse(text);

        Assert.Equal(new StreamName("words"), stream.Name);
        Assert.Equal(byArn, stream.Arn is not null);
        Assert.Equal(text, stream.ToString());
        Assert.Equal(stream, Parse<StreamIdentifier>(text));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("two words")]
    [InlineData("arn:aws:sns:us-east-1:123456789012:stream/words")]
    public void Any_other_text_is_not_a_stream(string? text)
    {
        Assert.False(StreamIdentifier.TryParse(text, out _));
        Assert.Throws<FormatException>(() => StreamIdentifier.Parse(text!));
    }

    private static T Parse<T>(string text)
        where T : IParsable<T> => T.Parse(text, null);
}
