using System.Buffers.Binary;
using System.Formats.Cbor;
using System.IO.Hashing;
using System.Text;
using System.Text.Json;

namespace Kcl.Integration.Tests.Servers.Scripted;

/// <summary>Reads and writes documents of the service, in one of its two encodings, with the readers and writers of .NET.</summary>
internal sealed class WireDocuments
{
    private readonly Func<byte[], object?> _read;
    private readonly Func<Dictionary<string, object?>, byte[]> _write;

    private WireDocuments(string contentType, Func<byte[], object?> read, Func<Dictionary<string, object?>, byte[]> write) =>
        (ContentType, _read, _write) = (contentType, read, write);

    public static WireDocuments Json { get; } = new(
        "application/x-amz-json-1.1", body => Value(JsonDocument.Parse(body).RootElement), WriteJson);

    public static WireDocuments Cbor { get; } = new(
        "application/x-amz-cbor-1.1", body => Value(new CborReader(body, CborConformanceMode.Lax)), WriteCbor);

    public string ContentType { get; }

    public Dictionary<string, object?> Read(byte[] body) => (Dictionary<string, object?>)_read(body)!;

    public byte[] Write(Dictionary<string, object?> document) => _write(document);

    /// <summary>Returns one message of an event stream.</summary>
    public static byte[] Event(string type, ReadOnlySpan<byte> payload)
    {
        byte[] headers =
            [.. Header(":message-type", "event"), .. Header(":event-type", type), .. Header(":content-type", "application/json")];
        var message = new byte[16 + headers.Length + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(message, message.Length);
        BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(4), headers.Length);
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(8), Crc32.HashToUInt32(message.AsSpan(0, 8)));
        headers.CopyTo(message, 12);
        payload.CopyTo(message.AsSpan(12 + headers.Length));
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(message.Length - 4), Crc32.HashToUInt32(message.AsSpan()[..^4]));
        return message;
    }

    private static byte[] Header(string name, string value) =>
        [(byte)name.Length, .. Encoding.ASCII.GetBytes(name), 7, 0, (byte)value.Length, .. Encoding.ASCII.GetBytes(value)];

    private static object? Value(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().ToDictionary(member => member.Name, member => Value(member.Value)),
        JsonValueKind.Array => element.EnumerateArray().Select(Value).ToList(),
        JsonValueKind.String => element.GetString(),
        JsonValueKind.Number => element.GetDouble(),
        JsonValueKind.True or JsonValueKind.False => element.GetBoolean(),
        _ => null,
    };

    private static byte[] WriteJson(Dictionary<string, object?> document)
    {
        using var output = new MemoryStream();
        using (var json = new Utf8JsonWriter(output))
        {
            Write(json, document);
        }

        return output.ToArray();
    }

    private static void Write(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case Dictionary<string, object?> map:
                json.WriteStartObject();
                foreach (var (name, member) in map)
                {
                    json.WritePropertyName(name);
                    Write(json, member);
                }

                json.WriteEndObject();
                break;
            case List<object?> list:
                json.WriteStartArray();
                list.ForEach(item => Write(json, item));
                json.WriteEndArray();
                break;
            case byte[] blob:
                json.WriteBase64StringValue(blob);
                break;
            case DateTimeOffset instant:
                json.WriteNumberValue(instant.ToUnixTimeMilliseconds() / 1000m);
                break;
            case long number:
                json.WriteNumberValue(number);
                break;
            default:
                json.WriteStringValue((string?)value);
                break;
        }
    }

    private static object? Value(CborReader cbor)
    {
        while (cbor.PeekState() == CborReaderState.Tag)
        {
            _ = cbor.ReadTag();
        }

        switch (cbor.PeekState())
        {
            case CborReaderState.StartMap:
                var map = new Dictionary<string, object?>();
                for (_ = cbor.ReadStartMap(); cbor.PeekState() != CborReaderState.EndMap;)
                {
                    var name = cbor.ReadTextString();
                    map[name] = Value(cbor);
                }

                cbor.ReadEndMap();
                return map;
            case CborReaderState.TextString:
                return cbor.ReadTextString();
            case CborReaderState.UnsignedInteger or CborReaderState.NegativeInteger:
                return cbor.ReadInt64();
            default:
                cbor.SkipValue();
                return null;
        }
    }

    private static byte[] WriteCbor(Dictionary<string, object?> document)
    {
        var cbor = new CborWriter(CborConformanceMode.Lax);
        Write(cbor, document);
        return cbor.Encode();
    }

    private static void Write(CborWriter cbor, object? value)
    {
        switch (value)
        {
            case Dictionary<string, object?> map:
                cbor.WriteStartMap(map.Count);
                foreach (var (name, member) in map)
                {
                    cbor.WriteTextString(name);
                    Write(cbor, member);
                }

                cbor.WriteEndMap();
                break;
            case List<object?> list:
                cbor.WriteStartArray(list.Count);
                list.ForEach(item => Write(cbor, item));
                cbor.WriteEndArray();
                break;
            case byte[] blob:
                cbor.WriteByteString(blob);
                break;
            case DateTimeOffset instant:
                cbor.WriteTag(CborTag.UnixTimeSeconds); // the service writes milliseconds with this tag
                cbor.WriteInt64(instant.ToUnixTimeMilliseconds());
                break;
            case long number:
                cbor.WriteInt64(number);
                break;
            default:
                cbor.WriteTextString((string)value!);
                break;
        }
    }
}
