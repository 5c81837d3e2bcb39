using System.Text;
using System.Text.Json;
using CsCheck;
using Kcl.Kinesis;
using Kcl.Kinesis.Formats;
using Kcl.Kinesis.Operations.Reading;
using Kcl.Kinesis.Transport;

namespace Kcl.Unit.Tests.Kinesis.Operations;

public class GetRecordsTests
{
    private static readonly Gen<string?> AnyKey = Gen.OneOf(
        Gen.String[Gen.Char.AlphaNumeric, 1, 30].Select(key => (string?)key),
        Gen.Const((string?)"ключ"),
        Gen.Const((string?)"\"\\/\n\u0001😀"),
        Gen.Const((string?)""),
        Gen.Const((string?)null));

    private static readonly Gen<(byte[] Data, string? Key, long Arrival)> AnyRecord =
        Gen.Select(Gen.Byte.Array[0, 60], AnyKey, Gen.Long[100_000_000_000, 4_102_444_800_000]);

    [Fact]
    public void Both_encodings_give_the_same_records()
    {
        AnyRecord.List[0, 20].Sample(records =>
        {
            foreach (var format in new[] { WireFormat.Cbor, WireFormat.Json })
            {
                using var result = Read(Write(records, format), format);
                Assert.Equal(
                    records.Select(record => Convert.ToHexString(record.Data)),
                    result.Records.Select(record => Convert.ToHexString(record.Data.Span)));
                Assert.Equal(records.Select(record => record.Key), result.Records.Select(record => record.PartitionKey));
                Assert.Equal(
                    records.Select(record => record.Arrival),
                    result.Records.Select(record => record.ApproximateArrivalMilliseconds));
                Assert.Equal(
                    Enumerable.Range(1, records.Count).Select(number => $"{number}"),
                    result.Records.Select(record => record.SequenceNumber.ToString()));
                Assert.Equal(("next", 12L), (result.NextShardIterator, result.MillisBehindLatest));
                Assert.Equal(
                    new(new("shardId-000000000009"), [new("shardId-000000000001")], new(0, 5)),
                    result.ChildShards.Single(),
                    new ChildShardComparer());
            }
        });
    }

    [Theory]
    [InlineData(KinesisEncoding.Cbor)]
    [InlineData(KinesisEncoding.Json)]
    public void A_partition_key_that_is_absent_or_null_is_none_and_an_empty_one_is_a_key(KinesisEncoding encoding)
    {
        var format = encoding == KinesisEncoding.Cbor ? WireFormat.Cbor : WireFormat.Json;
        var writer = WireWriter.Create(format);
        writer.StartMap();
        writer.WriteName("Records"u8);
        writer.StartArray();
        for (var number = 1; number <= 4; number++)
        {
            writer.StartMap();
            writer.WriteName("SequenceNumber"u8);
            writer.WriteText($"{number}");
            writer.WriteName("Data"u8);
            writer.WriteBytes("x"u8);
            switch (number)
            {
                case 2:
                    writer.WriteName("PartitionKey"u8);
                    writer.WriteNull();
                    break;
                case 3:
                    writer.WriteName("PartitionKey"u8);
                    writer.WriteText("");
                    break;
                case 4:
                    writer.WriteName("PartitionKey"u8);
                    writer.WriteText("k");
                    break;
            }

            writer.EndMap();
        }

        writer.EndArray();
        writer.EndMap();

        using var result = Read(writer.Finish().ToArray(), format);

        Assert.Equal([null, null, "", "k"], result.Records.Select(record => record.PartitionKey));
        Assert.Equal([false, false, true, true], result.Records.Select(record => record.HasPartitionKey));
        Assert.All(result.Records, record => Assert.Equal("x"u8.ToArray(), record.Data.ToArray()));
    }

    [Fact]
    public void Kinesis_mocks_CBOR_is_read()
    {
        // It sends data as base64 text, instants without a tag, and null for absent members.
        var document = Convert.FromHexString("bf675265636f72647381bf6e53657175656e63654e756d6265726131781b417070726f78696d6174654172726976616c54696d657374616d701b0000018bcfe5687b"
            + "64446174616861475673624738" + "3d" + "6c506172746974696f6e4b657963706b316e456e6372797074696f6e54797065f6ff714e65787453686172644974657261746f72f66b4368696c64536861726473f6ff");
        document[document.AsSpan().IndexOf("haGVsbG8="u8)] = 0x68;
        using var result = Read(document, WireFormat.Cbor);
        Assert.Equal("hello", Encoding.UTF8.GetString(result.Records.Single().Data.Span));
        Assert.Equal(1700000000123, result.Records[0].ApproximateArrivalMilliseconds);
        Assert.Null(result.NextShardIterator);
        Assert.Null(result.MillisBehindLatest);
    }

    [Fact]
    public void Escapes_in_JSON_are_read()
    {
        using var result = Read(
            Encoding.UTF8.GetBytes(
                """{"Records":[{"SequenceNumber":"1","Data":"\/\/\/\/","PartitionKey":"\u00e9"}],"NextShardIterator":"a\/b","MillisBehindLatest":null}"""),
            WireFormat.Json);
        Assert.Equal([255, 255, 255], result.Records.Single().Data.ToArray());
        Assert.Equal("é", result.Records[0].PartitionKey);
        Assert.Equal("a/b", result.NextShardIterator);
        Assert.Equal(KinesisRecord.NoTimestamp, result.Records[0].ApproximateArrivalMilliseconds);
    }

    [Theory]
    [InlineData("""{"Records":[{"SequenceNumber":"1","Data":"aGVsbG8"}]}""")]
    [InlineData("""{"Records":[{"SequenceNumber":"1","PartitionKey":"k"}]}""")]
    [InlineData("""{"Records":[{"Data":"","PartitionKey":"k"}]}""")]
    [InlineData("""{"Records":[{"Data":"","SequenceNumber":"1","PartitionKey":7}]}""")]
    [InlineData("""{"Records":[{"Data":"","SequenceNumber":null,"PartitionKey":"k"}]}""")]
    [InlineData("""{"Records":[{"Data":null,"SequenceNumber":"1","PartitionKey":"k"}]}""")]
    [InlineData("""{"Records":[{"Data":1,"SequenceNumber":"1","PartitionKey":"k"}]}""")]
    [InlineData("""{"Records":{}}""")]
    [InlineData("""{"NextShardIterator":7}""")]
    [InlineData("""{"MillisBehindLatest":"7"}""")]
    [InlineData("""{"Records":[{"ApproximateArrivalTimestamp":1e400}]}""")]
    [InlineData("""{"NextShardIterator":"\ud800"}""")]
    [InlineData("""{"Records":[{"PartitionKey":"\ud800"}]}""")]
    [InlineData("""{"Records":[""")]
    public void Broken_JSON_is_a_typed_error(string body) =>
        AssertTyped(Record.Exception(() => Read(Encoding.UTF8.GetBytes(body), WireFormat.Json)));

    [Fact]
    public void Any_cut_and_any_flipped_bit_end_in_records_or_a_typed_error()
    {
        var records = new List<(byte[] Data, string? Key, long Arrival)>
        {
            ([1, 2, 3], "k", 1700000000123),
            (new byte[40], "ключ", 1700000000124),
            ([4], null, 1700000000125),
        };
        foreach (var format in new[] { WireFormat.Cbor, WireFormat.Json })
        {
            var whole = Write(records, format);
            for (var length = 0; length < whole.Length; length++)
            {
                AssertTyped(Record.Exception(() => Read(whole[..length], format))
                    ?? new FormatException("a cut of the last byte may go unnoticed"));
            }

            Gen.Int[0, (whole.Length * 8) - 1].List[1, 4].Sample(
                flips =>
                {
                    var broken = (byte[])whole.Clone();
                    flips.ForEach(bit => broken[bit / 8] ^= (byte)(1 << (bit % 8)));
                    var before = GC.GetAllocatedBytesForCurrentThread();
                    var failure = Record.Exception(() => Read(broken, format));
                    Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 20);
                    if (failure is not null)
                    {
                        AssertTyped(failure);
                    }
                },
                iter: Fuzz.Inputs,
                threads: 1);
        }
    }

    private static void AssertTyped(Exception? failure) => Assert.True(failure is FormatException or JsonException, $"{failure}");

    private static GetRecordsResult Read(byte[] document, WireFormat format)
    {
        using var body = ResponseBodyReader.ReadAsync(new ByteArrayContent((byte[])document.Clone()), pooled: false, default).AsTask()
            .GetAwaiter()
            .GetResult();
        return GetRecordsCodec.Read(body, format);
    }

    private static byte[] Write(List<(byte[] Data, string? Key, long Arrival)> records, WireFormat format)
    {
        var writer = WireWriter.Create(format);
        writer.StartMap();
        writer.WriteName("Records"u8);
        writer.StartArray();
        var number = 0;
        foreach (var (data, key, arrival) in records)
        {
            writer.StartMap();
            writer.WriteName("SequenceNumber"u8);
            writer.WriteText($"{++number}");
            writer.WriteName("ApproximateArrivalTimestamp"u8);
            writer.WriteInstant(arrival);
            writer.WriteName("Data"u8);
            writer.WriteBytes(data);
            if (key is not null)
            {
                writer.WriteName("PartitionKey"u8);
                writer.WriteText(key);
            }

            writer.WriteName("EncryptionType"u8);
            writer.WriteNull();
            writer.EndMap();
        }

        writer.EndArray();
        writer.WriteName("Unknown"u8);
        writer.StartArray();
        writer.WriteBoolean(true);
        writer.StartMap();
        writer.EndMap();
        writer.EndArray();
        writer.WriteName("NextShardIterator"u8);
        writer.WriteText("next");
        writer.WriteName("MillisBehindLatest"u8);
        writer.WriteInteger(12);
        writer.WriteName("ChildShards"u8);
        writer.StartArray();
        writer.StartMap();
        writer.WriteName("ShardId"u8);
        writer.WriteText("shardId-000000000009");
        writer.WriteName("ParentShards"u8);
        writer.StartArray();
        writer.WriteText("shardId-000000000001");
        writer.EndArray();
        writer.WriteName("HashKeyRange"u8);
        writer.StartMap();
        writer.WriteName("StartingHashKey"u8);
        writer.WriteText(UInt128.Zero);
        writer.WriteName("EndingHashKey"u8);
        writer.WriteText((UInt128)5);
        writer.EndMap();
        writer.EndMap();
        writer.EndArray();
        writer.EndMap();
        return writer.Finish().ToArray();
    }

    private sealed class ChildShardComparer : IEqualityComparer<ChildShard>
    {
        public bool Equals(ChildShard? x, ChildShard? y) =>
            x!.ShardId == y!.ShardId && x.HashKeyRange == y.HashKeyRange && x.ParentShards.SequenceEqual(y.ParentShards);

        public int GetHashCode(ChildShard obj) => obj.ShardId.GetHashCode();
    }
}
