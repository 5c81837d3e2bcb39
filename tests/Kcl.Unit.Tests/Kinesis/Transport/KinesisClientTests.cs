using System.Net;
using System.Text;
using Kcl.Kinesis;

namespace Kcl.Unit.Tests.Kinesis.Transport;

public class KinesisClientTests
{
    private const string GoldenRecords = "bf675265636f7264739fbf6e53657175656e63654e756d6265726131781b417070726f78696d6174654172726976616c54696d657374616d70c11b0000018bcfe5687b64446174614568656c6c6f6c506172746974696f6e4b657963706b31ffff714e65787453686172644974657261746f726441414141724d696c6c6973426568696e644c617465737400ff";
    private static readonly StreamName Words = new("words");
    private static readonly ShardId Shard0 = new("shardId-000000000000");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Records_in_CBOR_are_read()
    {
        var service = new FakeService(FakeService.Cbor(GoldenRecords));
        using var result = await service.Client().GetRecordsAsync(new(Words, "AAAA") { Limit = 10000 }, Token);

        var record = Assert.Single(result.Records);
        Assert.Equal("hello", Encoding.UTF8.GetString(record.Data.Span));
        Assert.Equal("pk1", record.PartitionKey);
        Assert.Equal("1", record.SequenceNumber.ToString());
        Assert.Equal(1700000000123, record.ApproximateArrivalMilliseconds);
        Assert.Equal(("AAAA", 0L, GoldenRecords.Length / 2), (result.NextShardIterator, result.MillisBehindLatest, result.ByteCount));
        Assert.Empty(result.ChildShards);

        var (request, body) = Assert.Single(service.Asked);
        Assert.Equal("bf6d53686172644974657261746f726441414141654c696d6974192710ff", Convert.ToHexStringLower(body));
        Assert.Equal("Kinesis_20131202.GetRecords", request.Headers.GetValues("X-Amz-Target").Single());
        Assert.Equal("application/x-amz-cbor-1.1", request.Content!.Headers.ContentType!.ToString());
        Assert.StartsWith("kcl-dotnet/", request.Headers.UserAgent.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_result_may_be_disposed_twice(bool reuse)
    {
        var service = new FakeService(FakeService.Cbor(GoldenRecords));
        var result = await service.Client().GetRecordsAsync(new(Words, "AAAA") { ReuseBuffer = reuse }, Token);
        result.Dispose();
        result.Dispose();
        Assert.Single(result.Records);
    }

    [Fact]
    public async Task A_request_in_either_encoding_may_be_answered_in_either()
    {
        const string json = """{"Records":[{"SequenceNumber":"1","ApproximateArrivalTimestamp":1.700000000123E9,"Data":"aGVsbG8=","PartitionKey":"pk1"}],"NextShardIterator":"AAAA","MillisBehindLatest":0}""";
        foreach (var encoding in new[] { KinesisEncoding.Cbor, KinesisEncoding.Json })
        {
            foreach (var answer in new[]
            {
                FakeService.Json(json), FakeService.Cbor(GoldenRecords),
                FakeService.Bytes(Encoding.UTF8.GetBytes(json), "application/x-amz-cbor-1.1"), FakeService.Bytes(
                    Convert.FromHexString(GoldenRecords),
                    null),
            })
            {
                var service = new FakeService(answer);
                using var result = await service.Client(options => options.Encoding = encoding).GetRecordsAsync(new(Words, "AAAA"), Token);
                Assert.Equal("hello", Encoding.UTF8.GetString(result.Records.Single().Data.Span));
                Assert.Equal(1700000000123, result.Records[0].ApproximateArrivalMilliseconds);
                Assert.Equal(
                    encoding == KinesisEncoding.Json ? "application/x-amz-json-1.1" : "application/x-amz-cbor-1.1",
                    service.Asked[0].Request.Content!.Headers.ContentType!.ToString());
            }
        }
    }

    [Theory]
    [InlineData(
        """{"__type":"com.amazonaws.kinesis.v20131202#ResourceNotFoundException","message":"Stream words not found."}""",
        null,
        400,
        KinesisErrorCode.ResourceNotFound,
        "ResourceNotFoundException")]
    [InlineData(
        """{"__type":"ExpiredIteratorException","message":"old"}""",
        null,
        400,
        KinesisErrorCode.ExpiredIterator,
        "ExpiredIteratorException")]
    [InlineData(
        """{"message":"no type in the body"}""",
        "ProvisionedThroughputExceededException:http://internal.amazon.com/",
        400,
        KinesisErrorCode.Throttled,
        "ProvisionedThroughputExceededException")]
    [InlineData(
        """{"__type":"SerializationException","Message":"capital"}""",
        null,
        400,
        KinesisErrorCode.InvalidArgument,
        "SerializationException")]
    [InlineData("""{"code":"UnrecognizedClientException"}""", null, 400, KinesisErrorCode.AccessDenied, "UnrecognizedClientException")]
    [InlineData("""{"__type":"KMSOptInRequired","message":"k"}""", null, 400, KinesisErrorCode.Kms, "KMSOptInRequired")]
    [InlineData("<html>Forbidden</html>", null, 403, KinesisErrorCode.AccessDenied, null)]
    [InlineData("", null, 413, KinesisErrorCode.Other, null)]
    [InlineData("{\"__type\":\"Weird", null, 400, KinesisErrorCode.Other, null)]
    [InlineData("\u0000\u0001\u0002", null, 418, KinesisErrorCode.Other, null)]
    public async Task A_refusal_becomes_a_typed_error(string body, string? header, int status, KinesisErrorCode code, string? type)
    {
        var service = new FakeService(FakeService.Json(body, (HttpStatusCode)status, header));
        var failure = await Assert.ThrowsAsync<KinesisException>(() => service.Client(options => options.MaxAttempts = 1)
            .GetRecordsAsync(new(Words, "AAAA"), Token));
        Assert.Equal((code, type, status, "request-1"), (failure.Code, failure.ErrorType, failure.StatusCode, failure.RequestId));
        Assert.Contains("GetRecords of stream words", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_in_CBOR_is_read_too()
    {
        // {"__type": "LimitExceededException", "message": "x"}
        var service = new FakeService(FakeService.Cbor(
            "bf665f5f74797065764c696d69744578636565646564457863657074696f6e676d6573736167656178ff",
            HttpStatusCode.BadRequest));
        var failure = await Assert.ThrowsAsync<KinesisException>(() => service.Client(options => options.MaxAttempts = 1)
            .ListShardsAsync(new(Words), Token));
        Assert.Equal(KinesisErrorCode.LimitExceeded, failure.Code);
        Assert.True(failure.IsTransient);
    }

    [Fact]
    public async Task A_body_that_is_cut_off_or_too_long_or_no_answer_at_all_is_a_typed_error()
    {
        Assert.Equal(KinesisErrorCode.Unreachable, await CodeOf(FakeService.Content(() => Announced(new ByteArrayContent([0xBF]), 100))));
        Assert.Equal(
            KinesisErrorCode.MalformedResponse,
            await CodeOf(FakeService.Content(() => Announced(new ByteArrayContent([0xBF]), 1L << 40))));
        Assert.Equal(KinesisErrorCode.MalformedResponse, await CodeOf(FakeService.Bytes([0xBF, 0x67], "application/x-amz-cbor-1.1")));
        Assert.Equal(KinesisErrorCode.MalformedResponse, await CodeOf(FakeService.Bytes("<html>login</html>"u8.ToArray(), "text/html")));
        Assert.Equal(KinesisErrorCode.MalformedResponse, await CodeOf(FakeService.Json("""{"Records":[{"Data":"!"}]}""")));
        Assert.Equal(KinesisErrorCode.MalformedResponse, await CodeOf(FakeService.Json("")));

        static async Task<KinesisErrorCode> CodeOf(FakeService.Answer answer) =>
            (await Assert.ThrowsAsync<KinesisException>(() => new FakeService(answer)
                .Client(options => options.MaxAttempts = 1)
                .GetRecordsAsync(new(Words, "A"), Token))).Code;

        static ByteArrayContent Announced(ByteArrayContent content, long length)
        {
            content.Headers.ContentLength = length;
            return content;
        }
    }

    [Fact]
    public async Task A_body_of_unknown_length_is_read_to_its_end()
    {
        var data = new byte[300_000];
        new Random(7).NextBytes(data);
        var json = $$"""{"Records":[{"SequenceNumber":"1","Data":"{{Convert.ToBase64String(data)}}","PartitionKey":"k"}],"NextShardIterator":null}""";
        var service = new FakeService(FakeService.Content(() => new StreamContent(new Trickle(Encoding.UTF8.GetBytes(json)))));
        using var result = await service.Client().GetRecordsAsync(new(Words, "A") { ReuseBuffer = true }, Token);
        Assert.Equal(data, result.Records[0].Data.ToArray());
        Assert.Null(result.NextShardIterator);
    }

    [Fact]
    public async Task Operations_without_an_answer_take_nothing_and_anything()
    {
        var service = new FakeService(
            FakeService.Json(""),
            FakeService.Json("{}"),
            FakeService.Cbor("bfff"),
            FakeService.Bytes([], null),
            FakeService.Json("""{"TargetShardCount":4}"""));
        var client = service.Client();
        await client.CreateStreamAsync(Words, 1, Token);
        await client.DeleteStreamAsync(Words, cancellationToken: Token);
        await client.SplitShardAsync(Words, Shard0, 1, Token);
        await client.MergeShardsAsync(Words, Shard0, Shard0, Token);
        await client.UpdateShardCountAsync(Words, 4, Token);
        Assert.Equal(
            ["CreateStream", "DeleteStream", "SplitShard", "MergeShards", "UpdateShardCount"],
            service.Asked.Select(asked => asked.Request.Headers.GetValues("X-Amz-Target").Single().Split('.')[1]));
    }

    [Fact]
    public void All_invalid_options_are_named_in_one_message()
    {
        var failure = Assert.Throws<ConfigurationException>(() => new KinesisClient(new()
        {
            MaxAttempts = 0,
            AttemptTimeout = TimeSpan.FromHours(1),
            RetryBaseDelay = TimeSpan.FromSeconds(-1),
        }));
        Assert.Contains("MaxAttempts", failure.Message, StringComparison.Ordinal);
        Assert.Contains("OperationTimeout", failure.Message, StringComparison.Ordinal);
        Assert.Contains("RetryBaseDelay", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Puts_of_none_or_too_many_are_refused_here()
    {
        var client = new FakeService().Client();
        await Assert.ThrowsAsync<ArgumentException>(() => client.PutRecordsAsync(Words, [], Token));
        await Assert.ThrowsAsync<ArgumentException>(() => client.PutRecordsAsync(
            Words,
            [.. Enumerable.Repeat(new PutRecordEntry(default, "k"), 501)],
            Token));
    }

    /// <summary>A stream without a length that returns a few bytes per read.</summary>
    private sealed class Trickle(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, 997)], cancellationToken);
    }
}
