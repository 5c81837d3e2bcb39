using System.Text;
using System.Text.Json;
using Kcl.Kinesis;
using Kcl.Kinesis.Formats;
using Kcl.Kinesis.Operations.Reading;
using Kcl.Kinesis.Operations.Topology;
using Kcl.Kinesis.Operations.Writing;
using Kcl.Unit.Tests.Kinesis.Assets;

namespace Kcl.Unit.Tests.Kinesis.Operations;

public class RequestsTests
{
    private static readonly StreamIdentifier Words = new StreamName("words");
    private static readonly StreamIdentifier WordsByArn = StreamArn.Parse("arn:aws:kinesis:us-east-1:000000000000:stream/words");
    private static readonly ShardId Shard0 = new("shardId-000000000000");

    /// <summary>Compares requests byte by byte with recorded requests of the same meaning.</summary>
    public static TheoryData<int, string> Recorded => new()
    {
        { 0, "CreateStream" },
        { 1, "DeleteStream" },
        { 5, "DescribeStreamSummary" },
        { 9, "ListShards" },
        { 10, "ListShards" },
        { 11, "MergeShards" },
        { 13, "PutRecords" },
        { 15, "SplitShard" },
    };

    [Theory]
    [MemberData(nameof(Recorded))]
    public void Requests_are_those_of_the_Java_SDK(int line, string operation)
    {
        var recorded = JsonDocument.Parse(Asset.Lines("kinesis-requests.jsonl")[line]).RootElement;
        Assert.Equal(operation, recorded.GetProperty("operation").GetString());
        Assert.Equal("Kinesis_20131202." + operation, recorded.GetProperty("target").GetString());
        Assert.Equal(WireFormats.CborContentType, recorded.GetProperty("contentType").GetString());

        var ours = line switch
        {
            0 => StreamCodec.WriteCreate(WireFormat.Cbor, Words.Name, 2),
            1 => StreamCodec.WriteDelete(WireFormat.Cbor, Words, enforceConsumerDeletion: true),
            5 => StreamCodec.WriteDescribe(WireFormat.Cbor, Words),
            9 => ShardListCodec.Write(
                WireFormat.Cbor,
                new(Words) { Filter = new(ShardFilterType.AtTimestamp, DateTimeOffset.FromUnixTimeMilliseconds(0x1A20AD411FB)) }),
            10 => ShardListCodec.Write(
                WireFormat.Cbor,
                new(Words) { Filter = new(ShardFilterType.AtLatest), NextToken = "token", MaxResults = 100 }),
            11 => ReshardingCodec.WriteMerge(WireFormat.Cbor, Words, Shard0, new("shardId-000000000001")),
            13 => PutRecordsCodec.WriteMany(WireFormat.Cbor, Words, [new(new byte[] { 0, 1, 255 }, "k"), new("w"u8.ToArray(), "ключ")]),
            _ => ReshardingCodec.WriteSplit(WireFormat.Cbor, Words, Shard0, UInt128.One << 127),
        };
        Assert.Equal(Convert.ToHexString(recorded.GetProperty("body").GetBytesFromBase64()), Convert.ToHexString(ours.Span));
    }

    [Fact]
    public void A_stream_named_by_ARN_is_never_named_by_name()
    {
        Assert.Equal(
            """{"StreamARN":"arn:aws:kinesis:us-east-1:000000000000:stream/words"}""",
            Json(StreamCodec.WriteDescribe(WireFormat.Json, WordsByArn)));
        Assert.Equal(
            """{"ShardIterator":"AAAA","Limit":10000,"StreamARN":"arn:aws:kinesis:us-east-1:000000000000:stream/words"}""",
            Json(GetRecordsCodec.Write(WireFormat.Json, new(WordsByArn, "AAAA") { Limit = 10000 })));
    }

    [Fact]
    public void The_golden_bytes_of_polling()
    {
        Assert.Equal(
            "bf6d53686172644974657261746f726441414141654c696d6974192710ff",
            Hex(GetRecordsCodec.Write(WireFormat.Cbor, new(Words, "AAAA") { Limit = 10000 })));
        Assert.Equal(
            "bf6a53747265616d4e616d656173675368617264496474736861726449642d3030303030303030303030307153686172644974657261746f72547970656c41545f54494d455354414d506954696d657374616d70c11b0000018bcfe5687bff",
            Hex(GetShardIteratorCodec.Write(
                WireFormat.Cbor,
                new StreamName("s"),
                Shard0,
                StartingPosition.AtTimestamp(DateTimeOffset.FromUnixTimeMilliseconds(1700000000123)))));
    }

    [Fact]
    public void Instants_in_JSON_are_seconds() =>
        Assert.Equal(
            """{"StreamName":"words","ShardId":"shardId-000000000000","ShardIteratorType":"AT_TIMESTAMP","Timestamp":1700000000.123}""",
            Json(GetShardIteratorCodec.Write(
                WireFormat.Json,
                Words,
                Shard0,
                StartingPosition.AtTimestamp(DateTimeOffset.FromUnixTimeMilliseconds(1700000000123)))));

    [Fact]
    public void Records_in_JSON_are_base64_and_keys_stay_readable() =>
        Assert.Equal(
            """{"StreamName":"words","Data":"AAH/","PartitionKey":"ключ+","ExplicitHashKey":"340282366920938463463374607431768211455"}""",
            Json(PutRecordsCodec.WriteOne(
                WireFormat.Json,
                Words,
                new(new byte[] { 0, 1, 255 }, "ключ+") { ExplicitHashKey = UInt128.MaxValue })));

    [Fact]
    public void A_record_without_a_partition_key_is_put_without_one()
    {
        PutRecordEntry record = new("w"u8.ToArray());
        Assert.Equal("""{"StreamName":"words","Data":"dw=="}""", Json(PutRecordsCodec.WriteOne(WireFormat.Json, Words, record)));
        Assert.Equal(
            """{"Records":[{"Data":"dw=="},{"Data":"dw==","PartitionKey":"k"}],"StreamName":"words"}""",
            Json(PutRecordsCodec.WriteMany(WireFormat.Json, Words, [record, record with { PartitionKey = "k" }])));
        Assert.Equal("bf6a53747265616d4e616d6565776f72647364446174614177ff", Hex(PutRecordsCodec.WriteOne(WireFormat.Cbor, Words, record)));
    }

    [Fact]
    public void A_later_page_of_shards_is_asked_for_by_token_alone() =>
        Assert.Equal(
            """{"NextToken":"t"}""",
            Json(ShardListCodec.Write(WireFormat.Json, new(WordsByArn) { Filter = new(ShardFilterType.AtLatest), NextToken = "t" })));

    [Fact]
    public void Streams_continue_after_a_token_or_after_a_name()
    {
        Assert.Equal("""{"Limit":5,"NextToken":"t"}""", Json(StreamCodec.WriteList(WireFormat.Json, new() { NextToken = "t", Limit = 5 })));
        Assert.Equal(
            """{"ExclusiveStartStreamName":"words"}""",
            Json(StreamCodec.WriteList(WireFormat.Json, new() { NextToken = StreamCodec.AfterNamePrefix + "words" })));
    }

    [Fact]
    public void The_rest_is_written_as_modelled()
    {
        Assert.Equal(
            """{"StreamName":"words","TargetShardCount":8,"ScalingType":"UNIFORM_SCALING"}""",
            Json(ReshardingCodec.WriteUpdateCount(WireFormat.Json, Words, 8)));
        Assert.Equal(
            """{"StreamName":"words","ShardId":"shardId-000000000000","ShardIteratorType":"AFTER_SEQUENCE_NUMBER","StartingSequenceNumber":"7"}""",
            Json(GetShardIteratorCodec.Write(WireFormat.Json, Words, Shard0, StartingPosition.After(SequenceNumber.Parse("7")))));
        Assert.Equal(
            """{"StreamName":"words","ShardFilter":{"Type":"AFTER_SHARD_ID","ShardId":"shardId-000000000000"}}""",
            Json(ShardListCodec.Write(WireFormat.Json, new(Words) { Filter = new(ShardFilterType.AfterShardId) { ShardId = Shard0 } })));
    }

    private static string Json(ReadOnlyMemory<byte> body) => Encoding.UTF8.GetString(body.Span);

    private static string Hex(ReadOnlyMemory<byte> body) => Convert.ToHexStringLower(body.Span);
}
