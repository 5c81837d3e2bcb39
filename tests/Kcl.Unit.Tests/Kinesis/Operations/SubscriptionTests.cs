using System.Buffers;
using System.Net;
using System.Text;
using System.Text.Json;
using Kcl.Kinesis;
using Kcl.Unit.Tests.Kinesis.Assets;
using Kcl.Unit.Tests.Kinesis.Formats.EventStream;
using Kcl.Unit.Tests.Kinesis.Transport;

namespace Kcl.Unit.Tests.Kinesis.Operations;

public class SubscriptionTests
{
    private static readonly ConsumerArn App = ConsumerArn.Parse("arn:aws:kinesis:us-east-1:000000000000:stream/words/consumer/app:1");
    private static readonly SubscribeToShardRequest Request = new(
        App,
        new("shardId-000000000000"),
        StartingPosition.AtTimestamp(DateTimeOffset.FromUnixTimeMilliseconds(1795478000123)));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_request_is_that_of_the_Java_SDK()
    {
        var recorded = JsonDocument.Parse(Asset.Lines("kinesis-requests.jsonl")
            .Single(line => line.Contains("\"SubscribeToShard\"", StringComparison.Ordinal))).RootElement;
        var service = new FakeService(Stream([]));
        await using var subscription = await service.Client().SubscribeToShardAsync(Request, Token);

        var (request, body) = service.Asked.Single();
        Assert.Equal(recorded.GetProperty("contentType").GetString(), request.Content!.Headers.ContentType!.ToString());
        Assert.Equal(recorded.GetProperty("target").GetString(), request.Headers.GetValues("X-Amz-Target").Single());
        Assert.Equal((HttpVersion.Version20, HttpVersionPolicy.RequestVersionExact), (request.Version, request.VersionPolicy));

        // The Java SDK writes three decimals of the instant even if they are zero; the numbers are equal.
        Assert.True(JsonElement.DeepEquals(
            JsonDocument.Parse(recorded.GetProperty("body").GetBytesFromBase64()).RootElement,
            JsonDocument.Parse(body).RootElement));
        Assert.Null(await subscription.ReadAsync(Token));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Events_are_read_and_other_messages_are_skipped(bool reuse)
    {
        var output = new ArrayBufferWriter<byte>();
        EventStreamFrames.WriteEvent(output, "initial-response", "{}"u8);
        EventStreamFrames.WriteEvent(output, "SubscribeToShardEvent", """
            {"Records":[{"SequenceNumber":"7","ApproximateArrivalTimestamp":1700000000.123,"Data":"aGVsbG8=","PartitionKey":"pk1","EncryptionType":"NONE"}],
             "ContinuationSequenceNumber":"8","MillisBehindLatest":5}
            """u8);
        EventStreamFrames.WriteEvent(output, "SomethingNewEvent", "{}"u8);
        EventStreamFrames.WriteEvent(output, "SubscribeToShardEvent", """
            {"Records":[],"MillisBehindLatest":0,"ContinuationSequenceNumber":null,
             "ChildShards":[{"ShardId":"shardId-000000000001","ParentShards":["shardId-000000000000"],"HashKeyRange":{"StartingHashKey":"0","EndingHashKey":"9"}}]}
            """u8);

        await using var subscription = await new FakeService(Stream(output.WrittenSpan.ToArray()))
            .Client()
            .SubscribeToShardAsync(Request with { ReuseBuffers = reuse }, Token);
        using (var first = await subscription.ReadAsync(Token))
        {
            var record = Assert.Single(first!.Records);
            Assert.Equal(
                ("hello", "pk1", "7", 1700000000123),
                (
                    Encoding.UTF8.GetString(record.Data.Span),
                    record.PartitionKey,
                    record.SequenceNumber.ToString(),
                    record.ApproximateArrivalMilliseconds));
            Assert.Equal((SequenceNumber.Parse("8"), 5L), (first.ContinuationSequenceNumber, first.MillisBehindLatest));
            Assert.Empty(first.ChildShards);
        }

        using (var last = await subscription.ReadAsync(Token))
        {
            Assert.Null(last!.ContinuationSequenceNumber);
            Assert.Equal(new HashKeyRange(0, 9), last.ChildShards.Single().HashKeyRange);
        }

        Assert.Null(await subscription.ReadAsync(Token));
    }

    [Fact]
    public async Task Records_of_an_event_may_have_no_partition_key()
    {
        var output = new ArrayBufferWriter<byte>();
        EventStreamFrames.WriteEvent(output, "SubscribeToShardEvent", """
            {"Records":[{"SequenceNumber":"7","ApproximateArrivalTimestamp":1700000000.123,"Data":"aGVsbG8="},{"SequenceNumber":"8","Data":"aGVsbG8=","PartitionKey":null},
              {"SequenceNumber":"9","Data":"aGVsbG8=","PartitionKey":""},{"SequenceNumber":"10","Data":"aGVsbG8=","PartitionKey":"k"}],"ContinuationSequenceNumber":"10","MillisBehindLatest":0}
            """u8);
        var service = new FakeService(Stream(output.WrittenSpan.ToArray()));
        await using var subscription = await service.Client().SubscribeToShardAsync(Request, Token);

        using var read = await subscription.ReadAsync(Token);

        Assert.Equal([null, null, "", "k"], read!.Records.Select(record => record.PartitionKey));
        Assert.All(read.Records, record => Assert.Equal("hello", Encoding.UTF8.GetString(record.Data.Span)));
    }

    [Theory]
    [InlineData("ResourceInUseException", KinesisErrorCode.ResourceInUse)]
    [InlineData("ResourceNotFoundException", KinesisErrorCode.ResourceNotFound)]
    [InlineData("KMSThrottlingException", KinesisErrorCode.Throttled)]
    [InlineData("InternalFailureException", KinesisErrorCode.ServiceFailure)]
    public async Task An_exception_in_the_stream_is_a_typed_error(string type, KinesisErrorCode code)
    {
        var output = new ArrayBufferWriter<byte>();
        EventStreamFrames.WriteException(output, type, """{"message":"Another active subscription exists."}"""u8);
        await using var subscription = await new FakeService(Stream(output.WrittenSpan.ToArray()))
            .Client()
            .SubscribeToShardAsync(Request, Token);
        var failure = await Assert.ThrowsAsync<KinesisException>(async () => await subscription.ReadAsync(Token));
        Assert.Equal((code, type), (failure.Code, failure.ErrorType));
        Assert.Contains("Another active subscription exists", failure.Message, StringComparison.Ordinal);
        Assert.Contains("shardId-000000000000", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_before_the_stream_is_a_typed_error_immediately()
    {
        var service = new FakeService(FakeService.Json(
            """{"__type":"ResourceInUseException","message":"in use"}""",
            HttpStatusCode.BadRequest));
        var failure = await Assert.ThrowsAsync<KinesisException>(() => service.Client().SubscribeToShardAsync(Request, Token));
        Assert.Equal(KinesisErrorCode.ResourceInUse, failure.Code);
        Assert.Single(service.Asked);
    }

    [Fact]
    public async Task A_stream_that_breaks_is_a_typed_error_and_delivers_nothing_of_the_fragment()
    {
        var output = new ArrayBufferWriter<byte>();
        EventStreamFrames.WriteEvent(
            output,
            "SubscribeToShardEvent",
            """{"Records":[],"ContinuationSequenceNumber":"8","MillisBehindLatest":5}"""u8);
        var whole = output.WrittenSpan.ToArray();
        Assert.Equal(KinesisErrorCode.Unreachable, await CodeAfter(whole[..^1]));
        Assert.Equal(KinesisErrorCode.MalformedResponse, await CodeAfter([.. whole[..^1], (byte)(whole[^1] ^ 1)]));
        Assert.Equal(KinesisErrorCode.MalformedResponse, await CodeAfter("<html>not an event stream</html>"u8.ToArray()));

        output.ResetWrittenCount();
        EventStreamFrames.WriteEvent(output, "SubscribeToShardEvent", """{"Records":[{"Data":"!"}]}"""u8);
        Assert.Equal(KinesisErrorCode.MalformedResponse, await CodeAfter(output.WrittenSpan.ToArray()));

        static async Task<KinesisErrorCode> CodeAfter(byte[] bytes)
        {
            await using var subscription = await new FakeService(Stream(bytes)).Client().SubscribeToShardAsync(Request, Token);
            return (await Assert.ThrowsAsync<KinesisException>(async () => await subscription.ReadAsync(Token))).Code;
        }
    }

    [Fact]
    public async Task A_server_without_HTTP_2_is_named_as_such()
    {
        var service = new FakeService(FakeService.Fails(new HttpRequestException(HttpRequestError.VersionNegotiationError)));
        var failure = await Assert.ThrowsAsync<KinesisException>(() => service.Client().SubscribeToShardAsync(Request, Token));
        Assert.Contains("HTTP/2", failure.Message, StringComparison.Ordinal);
    }

    private static FakeService.Answer Stream(byte[] bytes) => FakeService.Bytes(bytes, "application/vnd.amazon.eventstream");
}
