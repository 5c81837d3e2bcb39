using System.Text.Json;
using Kcl.Kinesis;
using Kcl.Unit.Tests.Kinesis.Assets;
using Kcl.Unit.Tests.Kinesis.Transport;

namespace Kcl.Unit.Tests.Kinesis.Operations;

public class ConsumerTests
{
    private const string Consumer = """{"ConsumerName":"app","ConsumerARN":"arn:aws:kinesis:us-east-1:000000000000:stream/words/consumer/app:1","ConsumerStatus":"ACTIVE","ConsumerCreationTimestamp":1700000000.5}""";
    private static readonly StreamArn Words = StreamArn.Parse("arn:aws:kinesis:us-east-1:000000000000:stream/words");
    private static readonly ConsumerArn App = ConsumerArn.Parse("arn:aws:kinesis:us-east-1:000000000000:stream/words/consumer/app:1");
    private static readonly StreamConsumer Expected = new()
    {
        Name = "app",
        Arn = App,
        Status = StreamConsumerStatus.Active,
        CreationTimestamp = DateTimeOffset.FromUnixTimeMilliseconds(1700000000500),
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void The_client_offers_fan_out_and_a_decorator_cannot_omit_it()
    {
        IKinesisClient client = new FakeService().Client();
        Assert.Same(client, client.FanOut);

        // Without a default implementation, a decorator that does not forward the property does not compile.
        Assert.True(typeof(IKinesisClient).GetProperty(nameof(IKinesisClient.FanOut))!.GetMethod!.IsAbstract);
    }

    [Fact]
    public async Task Consumers_are_registered_described_listed_and_removed_as_the_Java_SDK_does()
    {
        var service = new FakeService(
            FakeService.Json($$"""{"Consumer":{{Consumer}} }"""),
            FakeService.Json($$"""{"ConsumerDescription":{{Consumer[..^1]}},"StreamARN":"{{Words}}"} }"""),
            FakeService.Json($$"""{"ConsumerDescription":{{Consumer}} }"""),
            FakeService.Json($$"""{"Consumers":[{{Consumer}}],"NextToken":"t"}"""),
            FakeService.Json("""{"Consumers":null}"""),
            FakeService.Json(""));
        var client = service.Client();
        Assert.Equal(Expected, await client.RegisterStreamConsumerAsync(Words, "app", Token));
        Assert.Equal(Expected, await client.DescribeStreamConsumerAsync(Words, "app", Token));
        Assert.Equal(Expected, await client.DescribeStreamConsumerAsync(App, Token));
        var page = await client.ListStreamConsumersAsync(new(Words) { MaxResults = 10 }, Token);
        Assert.Equal(
            ([Expected], "t"),
            (page.Consumers, page.NextToken),
            EqualityComparer<(IReadOnlyList<StreamConsumer>, string?)>.Create((x, y) => x.Item1.SequenceEqual(y.Item1)
                && x.Item2 == y.Item2));
        Assert.Empty((await client.ListStreamConsumersAsync(new(Words) { NextToken = "t" }, Token)).Consumers);
        await client.DeregisterStreamConsumerAsync(App, Token);

        Assert.Equal(Recorded("RegisterStreamConsumer", 0), Convert.ToHexString(service.Asked[0].Body));
        Assert.Equal(Recorded("DescribeStreamConsumer", 0), Convert.ToHexString(service.Asked[1].Body));
        Assert.Equal(Recorded("DescribeStreamConsumer", 1), Convert.ToHexString(service.Asked[2].Body));
    }

    [Theory]
    [InlineData("arn:aws:kinesis:us-east-1:123456789012:stream/words/consumer/app:1700000000", true)]
    [InlineData("arn:aws:kinesis:us-east-1:123456789012:stream/words/consumer/app", true)]
    [InlineData("arn:aws:kinesis:us-east-1:123456789012:stream/words/consumer/app:", false)]
    [InlineData("arn:aws:kinesis:us-east-1:123456789012:stream/words/consumer/app:x", false)]
    [InlineData("arn:aws:kinesis:us-east-1:123456789012:stream/words/consumer/", false)]
    [InlineData("arn:aws:kinesis:us-east-1:123456789012:stream/words", false)]
    [InlineData("arn:aws:sns:us-east-1:123456789012:stream/words/consumer/app:1", false)]
    [InlineData(null, false)]
    public void The_ARN_of_a_consumer_is_recognised(string? text, bool expected)
    {
        Assert.Equal(expected, ConsumerArn.TryParse(text, out var arn));
        Assert.Equal(
            expected ? ("app", "words", text) : (null, "", ""),
            (arn.ConsumerName, arn.Stream.StreamName.ToString(), arn.ToString()));
    }

    private static string Recorded(string operation, int index) => Convert.ToHexString(
        Asset.Lines("kinesis-requests.jsonl")
            .Select(line => JsonDocument.Parse(line).RootElement)
            .Where(request => request.GetProperty("operation").GetString() == operation)
            .ElementAt(index)
            .GetProperty("body")
            .GetBytesFromBase64());
}
