using System.Buffers.Binary;
using System.Formats.Cbor;
using CsCheck;
using Kcl.Kinesis.Formats.Cbor;
using CborReader = Kcl.Kinesis.Formats.Cbor.CborReader;

namespace Kcl.Unit.Tests.Kinesis.Formats.Cbor;

/// <summary>
/// Generates documents: trees of long, string, byte[], bool, double, null, lists and lists of pairs, with and without tags.
/// </summary>
internal static class CborValues
{
    private static readonly Gen<object?> Leaf = Gen.OneOf<object?>(
        Gen.Long.Select(value => (object?)value),
        Gen.Int[-300, 300].Select(value => (object?)(long)value),
        Gen.Int.Select(value => (object?)(long)value),
        Gen.String[Gen.Char.AlphaNumeric, 0, 40].Select(value => (object?)value),
        Gen.OneOf(new[] { "Ключ", "é", "😀", "", new string('x', 300), new string('é', 1500) }
            .Select(text => Gen.Const((object?)text))
            .ToArray()),
        Gen.Byte.Array[0, 300].Select(value => (object?)value),
        Gen.Bool.Select(value => (object?)value),
        Gen.Double.Select(value => (object?)value),
        Gen.Float.Select(value => (object?)value),
        Gen.Const((object?)null),
        Gen.Long[0, 4102444800000].Select(value => (object?)new Tagged(value)));

    public static Gen<object?> Value { get; } = Gen.Recursive<object?>((depth, inner) => depth > 4
        ? Leaf
        : Gen.Frequency(
            (3, Leaf),
            (1, inner.List[0, 5].Select(value => (object?)value)),
            (1, Gen.Select(Gen.String[Gen.Char.AlphaNumeric, 0, 30], inner).List[0, 5].Select(value => (object?)value))));

    public static void Write(System.Formats.Cbor.CborWriter writer, object? value, bool indefinite)
    {
        switch (value)
        {
            case long number:
                writer.WriteInt64(number);
                break;
            case string text when indefinite:
                writer.WriteStartIndefiniteLengthTextString();
                writer.WriteTextString(text);
                writer.WriteTextString("");
                writer.WriteEndIndefiniteLengthTextString();
                break;
            case string text:
                writer.WriteTextString(text);
                break;
            case byte[] bytes when indefinite:
                writer.WriteStartIndefiniteLengthByteString();
                writer.WriteByteString(bytes.AsSpan(0, bytes.Length / 2));
                writer.WriteByteString(bytes.AsSpan(bytes.Length / 2));
                writer.WriteEndIndefiniteLengthByteString();
                break;
            case byte[] bytes:
                writer.WriteByteString(bytes);
                break;
            case bool flag:
                writer.WriteBoolean(flag);
                break;
            case double number:
                writer.WriteDouble(number);
                break;
            case float number:
                writer.WriteSingle(number);
                break;
            case Tagged instant:
                writer.WriteTag(CborTag.UnixTimeSeconds);
                writer.WriteInt64(instant.Milliseconds);
                break;
            case List<object?> items:
                writer.WriteStartArray(indefinite ? null : items.Count);
                items.ForEach(item => Write(writer, item, indefinite));
                writer.WriteEndArray();
                break;
            case List<(string Key, object? Value)> entries:
                writer.WriteStartMap(indefinite ? null : entries.Count);
                entries.ForEach(entry =>
                {
                    writer.WriteTextString(entry.Key);
                    Write(writer, entry.Value, indefinite);
                });
                writer.WriteEndMap();
                break;
            default:
                writer.WriteNull();
                break;
        }
    }

    public static void Write(ref Kcl.Kinesis.Formats.Cbor.CborWriter writer, object? value, bool indefinite)
    {
        switch (value)
        {
            case long number:
                writer.WriteInteger(number);
                break;
            case string text:
                writer.WriteText(text);
                break;
            case byte[] bytes:
                writer.WriteBytes(bytes);
                break;
            case bool flag:
                writer.WriteBoolean(flag);
                break;
            case double or float:
                Span<byte> bits = stackalloc byte[9];
                bits[0] = 0xFB;
                BinaryPrimitives.WriteDoubleBigEndian(bits[1..], Convert.ToDouble(value, null));
                writer.WriteRaw(bits);
                break;
            case Tagged instant:
                writer.WriteEpochMilliseconds(instant.Milliseconds);
                break;
            case List<object?> items:
                if (indefinite)
                {
                    writer.StartArray();
                }
                else
                {
                    writer.StartArray(items.Count);
                }

                foreach (var item in items)
                {
                    Write(ref writer, item, indefinite);
                }

                if (indefinite)
                {
                    writer.End();
                }

                break;
            case List<(string Key, object? Value)> entries:
                if (indefinite)
                {
                    writer.StartMap();
                }
                else
                {
                    writer.StartMap(entries.Count);
                }

                foreach (var (key, entry) in entries)
                {
                    writer.WriteText(key);
                    Write(ref writer, entry, indefinite);
                }

                if (indefinite)
                {
                    writer.End();
                }

                break;
            default:
                writer.WriteNull();
                break;
        }
    }

    public static void AssertReads(ref CborReader reader, object? value)
    {
        switch (value)
        {
            case long number:
                Assert.Equal(CborKind.Integer, reader.Kind);
                Assert.Equal(number, reader.ReadInt64());
                break;
            case string text:
                Assert.Equal(CborKind.Text, reader.Kind);
                Assert.Equal(text, reader.ReadString());
                break;
            case byte[] bytes:
                Assert.Equal(CborKind.Bytes, reader.Kind);
                Assert.Equal(bytes, reader.ReadBytes().ToArray());
                break;
            case bool flag:
                Assert.Equal(flag, reader.ReadBoolean());
                break;
            case double or float:
                Assert.Equal(CborKind.Float, reader.Kind);
                Assert.Equal(Convert.ToDouble(value, null), reader.ReadDouble());
                break;
            case Tagged instant:
                Assert.Equal(CborKind.Tag, reader.Kind);
                Assert.Equal(instant.Milliseconds, reader.ReadInt64());
                break;
            case List<object?> items:
                Assert.Equal(CborKind.Array, reader.Kind);
                var left = reader.ReadArrayStart();
                foreach (var item in items)
                {
                    Assert.True(reader.MoveNext(ref left));
                    AssertReads(ref reader, item);
                }

                Assert.False(reader.MoveNext(ref left));
                break;
            case List<(string Key, object? Value)> entries:
                Assert.Equal(CborKind.Map, reader.Kind);
                var remaining = reader.ReadMapStart();
                foreach (var (key, entry) in entries)
                {
                    Assert.True(reader.MoveNext(ref remaining));
                    Assert.Equal(key, reader.ReadString());
                    AssertReads(ref reader, entry);
                }

                Assert.False(reader.MoveNext(ref remaining));
                break;
            default:
                Assert.Equal(CborKind.Null, reader.Kind);
                Assert.True(reader.TryReadNull());
                break;
        }
    }

    internal sealed record Tagged(long Milliseconds);
}
