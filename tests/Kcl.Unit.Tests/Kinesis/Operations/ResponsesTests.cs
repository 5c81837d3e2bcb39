using System.Text;
using Kcl.Kinesis;
using Kcl.Kinesis.Formats;
using Kcl.Kinesis.Operations.Topology;
using Kcl.Kinesis.Operations.Writing;

namespace Kcl.Unit.Tests.Kinesis.Operations;

public class ResponsesTests
{
    [Fact]
    public void A_summary_is_read()
    {
        var summary = StreamCodec.ReadSummary(Json("""
            {"StreamDescriptionSummary":{"StreamName":"words","StreamARN":"arn:aws:kinesis:us-east-1:123456789012:stream/words","StreamStatus":"ACTIVE","StreamModeDetails":{"StreamMode":"PROVISIONED"},
             "RetentionPeriodHours":48,"StreamCreationTimestamp":1.548118964772E9,"EnhancedMonitoring":[{"ShardLevelMetrics":[]}],"EncryptionType":"NONE","OpenShardCount":4,"ConsumerCount":0}}
            """), WireFormat.Json);
        Assert.Equal(
            new()
            {
                StreamName = new("words"),
                StreamArn = StreamArn.Parse("arn:aws:kinesis:us-east-1:123456789012:stream/words"),
                Status = StreamStatus.Active,
                RetentionPeriod = TimeSpan.FromHours(48),
                CreationTimestamp = DateTimeOffset.FromUnixTimeMilliseconds(1548118964772),
                OpenShardCount = 4,
            },
            summary);
    }

    [Theory]
    [InlineData("", RecordDistributionStrategy.UserPartitionKey)]
    [InlineData(",\"RecordDistributionStrategy\":null", RecordDistributionStrategy.UserPartitionKey)]
    [InlineData(",\"RecordDistributionStrategy\":\"USER_PARTITION_KEY\"", RecordDistributionStrategy.UserPartitionKey)]
    [InlineData(",\"RecordDistributionStrategy\":\"AUTO\"", RecordDistributionStrategy.Auto)]
    [InlineData(",\"RecordDistributionStrategy\":\"BY_COLOUR\"", RecordDistributionStrategy.Unknown)]
    public void A_summary_says_how_records_are_distributed(string member, RecordDistributionStrategy expected)
    {
        var body = Json($$$"""{"StreamDescriptionSummary":{"StreamName":"words","StreamStatus":"ACTIVE"{{{member}}}}}""");
        Assert.Equal(expected, StreamCodec.ReadSummary(body, WireFormat.Json).RecordDistribution);
    }

    [Fact]
    public void Shards_are_read()
    {
        var page = ShardListCodec.Read(Json("""
            {"NextToken":"t","Shards":[
              {"ShardId":"shardId-000000000002","ParentShardId":"shardId-000000000000","AdjacentParentShardId":"shardId-000000000001","HashKeyRange":{"StartingHashKey":"0","EndingHashKey":"340282366920938463463374607431768211455"},
               "SequenceNumberRange":{"StartingSequenceNumber":"49646437577108476416916876405825929425585429676275269634","EndingSequenceNumber":"49646437577186529025111733586820095513720125544057536562"}},
              {"ShardId":"shardId-000000000003","ParentShardId":null,"HashKeyRange":{"EndingHashKey":"9","StartingHashKey":"1"},"SequenceNumberRange":{"StartingSequenceNumber":"1","EndingSequenceNumber":null}}]}
            """), WireFormat.Json);
        Assert.Equal("t", page.NextToken);
        Assert.Equal([new("shardId-000000000000"), new("shardId-000000000001")], page.Shards[0].Parents);
        Assert.Equal(HashKeyRange.Whole, page.Shards[0].HashKeyRange);
        Assert.False(page.Shards[0].IsOpen);
        Assert.Equal(
            new()
            {
                ShardId = new("shardId-000000000003"),
                HashKeyRange = new(1, 9),
                StartingSequenceNumber = SequenceNumber.Parse("1"),
            },
            page.Shards[1]);
    }

    [Fact]
    public void Streams_without_tokens_continue_after_the_last_name()
    {
        var page = StreamCodec.ReadList(Json("""{"StreamNames":["a","b"],"HasMoreStreams":true}"""), WireFormat.Json);
        Assert.Equal(StreamCodec.AfterNamePrefix + "b", page.NextToken);
        Assert.Equal(
            "t",
            StreamCodec.ReadList(Json("""{"StreamNames":["a"],"HasMoreStreams":true,"NextToken":"t"}"""), WireFormat.Json).NextToken);
        Assert.Null(StreamCodec.ReadList(Json("""{"StreamNames":["a"],"HasMoreStreams":false}"""), WireFormat.Json).NextToken);
    }

    [Fact]
    public void Puts_are_read()
    {
        Assert.Equal(
            new() { ShardId = new("s-1"), SequenceNumber = SequenceNumber.Parse("7") },
            PutRecordsCodec.ReadOne(Json("""{"ShardId":"s-1","SequenceNumber":"7","EncryptionType":"NONE"}"""), WireFormat.Json));
        var entries = PutRecordsCodec.ReadMany(
            Json(
                """{"FailedRecordCount":1,"Records":[{"ShardId":"s-1","SequenceNumber":"7"},{"ErrorCode":"InternalFailure","ErrorMessage":"m","ShardId":null}]}"""),
            WireFormat.Json);
        Assert.Equal([true, false], entries.Select(entry => entry.Succeeded));
    }

    [Theory]
    [InlineData("""{"StreamDescriptionSummary":null}""")]
    [InlineData("""{}""")]
    [InlineData("""[]""")]
    [InlineData("""{"StreamDescriptionSummary":{"StreamName":"with space","StreamStatus":"ACTIVE"}}""")]
    [InlineData("""{"StreamDescriptionSummary":{"StreamName":"words","StreamStatus":"SLEEPING"}}""")]
    [InlineData("""{"StreamDescriptionSummary":{"StreamName":"words","StreamStatus":"ACTIVE","RetentionPeriodHours":1e99}}""")]
    [InlineData("""{"StreamDescriptionSummary":{"StreamName":"words","StreamStatus":"ACTIVE","OpenShardCount":-1}}""")]
    [InlineData("""{"StreamDescriptionSummary":{"StreamName":"words","StreamStatus":"ACTIVE","StreamCreationTimestamp":1e300}}""")]
    public void An_answer_that_is_not_one_is_a_typed_error(string body)
    {
        var failure = Record.Exception(() => StreamCodec.ReadSummary(Json(body), WireFormat.Json));
        Assert.True(failure is FormatException or System.Text.Json.JsonException, $"{failure}");
    }

    private static ReadOnlyMemory<byte> Json(string text) => Encoding.UTF8.GetBytes(text);
}
