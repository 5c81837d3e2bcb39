using System.Formats.Cbor;
using System.Text;
using System.Text.Json;
using CsCheck;
using Kcl.LocalKinesis.Errors;
using Kcl.LocalKinesis.Http;

namespace Kcl.Unit.Tests.LocalKinesis;

public sealed class RequestParserTests
{
    public static TheoryData<string, string, string> Recorded()
    {
        var data = new TheoryData<string, string, string>();
        foreach (var line in File.ReadLines(
            Path.Combine(AppContext.BaseDirectory, "assets", "kinesis", "kinesis-requests.jsonl")).Where(line => line.Length > 0))
        {
            using var document = JsonDocument.Parse(line);
            var root = document.RootElement;
            data.Add(
                root.GetProperty("operation").GetString()!,
                root.GetProperty("contentType").GetString()!,
                root.GetProperty("body").GetString()!);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Recorded))]
    public void Requests_recorded_from_the_Java_SDK_are_read(string operation, string contentType, string body)
    {
        var bytes = Convert.FromBase64String(body);
        var root = RequestParser.Parse(bytes, contentType.Contains("cbor", StringComparison.Ordinal)).Root;
        Assert.True(root.Count > 0, operation);
        if (contentType.Contains("cbor", StringComparison.Ordinal))
        {
            // Decoded again by an independent decoder.
            var reader = new CborReader(bytes, CborConformanceMode.Lax);
            AssertSame(reader, root);
        }
    }

    [Fact]
    public void Both_encodings_of_a_request_read_alike()
    {
        var json = RequestParser.Parse(
            Encoding.UTF8.GetBytes(
                """{"StreamName":"w\u006frds","Records":[{"Data":"aGVsbG8=","PartitionKey":"\u00e9"}],"""
                + "\"Timestamp\":1700000000.123,\"Limit\":7,\"Flag\":true,\"Nothing\":null}"),
            cbor: false);
        var writer = new CborWriter(CborConformanceMode.Lax);
        writer.WriteStartMap(null);
        writer.WriteTextString("StreamName");
        writer.WriteStartIndefiniteLengthTextString();
        writer.WriteTextString("wor");
        writer.WriteTextString("ds");
        writer.WriteEndIndefiniteLengthTextString();
        writer.WriteTextString("Records");
        writer.WriteStartArray(null);
        writer.WriteStartMap(2);
        writer.WriteTextString("Data");
        writer.WriteByteString("hello"u8);
        writer.WriteTextString("PartitionKey");
        writer.WriteTextString("é");
        writer.WriteEndMap();
        writer.WriteEndArray();
        writer.WriteTextString("Timestamp");
        writer.WriteTag(CborTag.UnixTimeSeconds);
        writer.WriteInt64(1_700_000_000_123);
        writer.WriteTextString("Limit");
        writer.WriteInt32(7);
        writer.WriteTextString("Flag");
        writer.WriteBoolean(true);
        writer.WriteTextString("Nothing");
        writer.WriteNull();
        writer.WriteEndMap();
        var cbor = RequestParser.Parse(writer.Encode(), cbor: true);
        foreach (var root in (RequestValue[])[json.Root, cbor.Root])
        {
            byte[] buffer = [];
            Assert.True(root.TryGet("StreamName"u8, out var name));
            Assert.Equal("words", name.GetText());
            Assert.True(root.TryGet("Records"u8, out var records));
            var record = Assert.Single(records.GetItems());
            Assert.True(record.TryGet("Data"u8, out var data));
            Assert.Equal("hello"u8.ToArray(), data.GetPayload(ref buffer).ToArray());
            Assert.Equal(5, data.GetPayloadLength());
            Assert.True(record.TryGet("PartitionKey"u8, out var key));
            Assert.Equal("é", key.GetText());
            Assert.True(root.TryGet("Timestamp"u8, out var timestamp));
            Assert.Equal(1_700_000_000_123, timestamp.GetTimestamp());
            Assert.True(root.TryGet("Limit"u8, out var limit));
            Assert.Equal(7, limit.GetInteger());
            Assert.True(root.TryGet("Flag"u8, out var flag));
            Assert.True(flag.GetBoolean());
            Assert.False(root.TryGet("Nothing"u8, out _));
            Assert.False(root.TryGet("Missing"u8, out _));
        }
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("{} {}")]
    [InlineData("\"text\"")]
    [InlineData("{\"a\":nope}")]
    public void A_body_that_is_not_a_structure_is_refused_as_the_service_does(string json) =>
        Assert.Equal(
            "SerializationException",
            Assert.Throws<ServiceErrorException>(() => RequestParser.Parse(Encoding.UTF8.GetBytes(json), cbor: false)).Type);

    [Fact]
    public void A_member_of_the_wrong_kind_is_refused_as_the_service_does()
    {
        var root = RequestParser.Parse("{\"StreamName\":5}"u8.ToArray(), cbor: false).Root;
        var fault = Assert.Throws<ServiceErrorException>(() => new Parameters(root).ReadOptionalName("StreamName"));
        Assert.Equal(("SerializationException", "NUMBER_VALUE can not be converted to a string"), (fault.Type, fault.Message));
    }

    [Fact]
    public void Any_bytes_are_parsed_or_rejected() => Gen.Select(Gen.Byte.Array[0, 60], Gen.Bool).Sample((bytes, cbor) =>
    {
        try
        {
            _ = RequestParser.Parse(bytes, cbor);
        }
        catch (ServiceErrorException fault)
        {
            return fault.Type == "SerializationException";
        }

        return true;
    }, iter: 20_000);

    [Fact]
    public void All_violations_are_reported_together()
    {
        var root = RequestParser.Parse("{\"StreamName\":\"a b\",\"ShardCount\":0}"u8.ToArray(), cbor: false).Root;
        var parameters = new Parameters(root);
        _ = parameters.ReadOptionalName("StreamName");
        _ = parameters.ReadRequiredInteger("ShardCount", 1);
        var fault = Assert.Throws<ServiceErrorException>(parameters.ThrowIfInvalid);
        Assert.Equal("ValidationException", fault.Type);
        Assert.StartsWith(
            "2 validation errors detected: Value 'a b' at 'streamName' failed to satisfy constraint: "
            + "Member must satisfy regular expression pattern:",
            fault.Message,
            StringComparison.Ordinal);
        Assert.EndsWith(
            "Value '0' at 'shardCount' failed to satisfy constraint: Member must have value greater than or equal to 1",
            fault.Message,
            StringComparison.Ordinal);
    }

    private static void AssertSame(CborReader reader, RequestValue value)
    {
        while (reader.PeekState() == CborReaderState.Tag)
        {
            _ = reader.ReadTag();
        }

        switch (reader.PeekState())
        {
            case CborReaderState.StartMap:
                reader.ReadStartMap();
                foreach (var (key, member) in value.GetEntries())
                {
                    Assert.Equal(reader.ReadTextString(), key);
                    AssertSame(reader, member);
                }

                reader.ReadEndMap();
                break;
            case CborReaderState.StartArray:
                reader.ReadStartArray();
                foreach (var item in value.GetItems())
                {
                    AssertSame(reader, item);
                }

                reader.ReadEndArray();
                break;
            case CborReaderState.TextString or CborReaderState.StartIndefiniteLengthTextString:
                Assert.Equal(reader.ReadTextString(), value.GetText());
                break;
            case CborReaderState.ByteString:
                byte[] buffer = [];
                Assert.Equal(reader.ReadByteString(), value.GetPayload(ref buffer).ToArray());
                break;
            case CborReaderState.Boolean:
                Assert.Equal(reader.ReadBoolean(), value.GetBoolean());
                break;
            case CborReaderState.Null:
                reader.ReadNull();
                Assert.True(value.IsNull);
                break;
            default:
                Assert.Equal(reader.ReadInt64(), value.GetInteger());
                break;
        }
    }
}
