using System.Formats.Cbor;
using System.Text;
using CsCheck;
using Kcl.Kinesis.Formats.Cbor;
using CborReader = Kcl.Kinesis.Formats.Cbor.CborReader;

namespace Kcl.Unit.Tests.Kinesis.Formats.Cbor;

public class CborReaderTests
{
    [Theory]
    [InlineData("f93c00", 1.0)]
    [InlineData("fa47c35000", 100000.0)]
    [InlineData("fb3ff199999999999a", 1.1)]
    [InlineData("f97e00", double.NaN)]
    [InlineData("f9fc00", double.NegativeInfinity)]
    [InlineData("18ff", 255.0)]
    [InlineData("3863", -100.0)]
    [InlineData("c1fb41d452d9e83ae148", 1363896224.92)]
    public void A_number_of_any_size_is_read(string hex, double expected) =>
        Assert.Equal(expected, new CborReader(Convert.FromHexString(hex)).ReadDouble(), 2);

    [Theory]
    [InlineData("c11b0000018bcfe5687b", "tag 1, integer milliseconds: the service")]
    [InlineData("1b0000018bcfe5687b", "untagged integer milliseconds: kinesis-mock")]
    [InlineData("c1fb41d954fc4007df3b", "tag 1, float seconds: RFC 8949")]
    [InlineData("fb41d954fc4007df3b", "untagged float seconds: LocalStack")]
    [InlineData("fb4278bcfe5687b000", "float milliseconds")]
    public void An_instant_in_any_encoding_is_read(string hex, string writer)
    {
        _ = writer;
        var reader = new CborReader(Convert.FromHexString(hex));
        Assert.Equal(1700000000123, reader.ReadEpochMilliseconds());
        Assert.Equal(CborKind.End, reader.Kind);
    }

    [Theory]
    [InlineData("c1fb7ff8000000000000")]
    [InlineData("fb7ff0000000000000")]
    [InlineData("1b7fffffffffffffff")]
    [InlineData("6161")]
    public void An_invalid_instant_is_refused(string hex) => Refuses(hex, (ref CborReader reader) => reader.ReadEpochMilliseconds());

    [Fact]
    public void A_string_in_one_piece_is_a_slice_of_the_document()
    {
        var document = Convert.FromHexString("826568656c6c6f43010203");
        var reader = new CborReader(document);
        reader.ReadArrayStart();
        var (text, bytes) = (reader.ReadText(), reader.ReadBytes());

        Assert.Equal("hello", Encoding.UTF8.GetString(text.Span));
        document[2] = (byte)'j';
        document[^1] = 9;
        Assert.Equal("jello", Encoding.UTF8.GetString(text.Span));
        Assert.Equal([1, 2, 9], bytes.ToArray());
    }

    [Fact]
    public void A_string_in_chunks_is_put_together()
    {
        Assert.Equal("streaming", new CborReader(Convert.FromHexString("7f657374726561646d696e67ff")).ReadString());
        Assert.Equal([1, 2, 3, 4, 5], new CborReader(Convert.FromHexString("5f42010243030405ff")).ReadBytes().ToArray());
        Assert.Equal("", new CborReader(Convert.FromHexString("7fff")).ReadString());
    }

    [Theory]
    [InlineData("7f4101ff")] // bytes within text
    [InlineData("5f5f4101ffff")] // chunks within chunks
    [InlineData("7f6161")] // no end
    [InlineData("6561626364")] // shorter than its length
    [InlineData("7affffffff61")] // a length of 4 GiB
    [InlineData("7bffffffffffffffff61")] // a length that wraps
    [InlineData("78")] // a truncated length
    [InlineData("7c61")] // a reserved length
    [InlineData("01")]
    [InlineData("")]
    [InlineData("f6")]
    public void A_broken_string_is_refused(string hex)
    {
        Refuses(hex, (ref CborReader reader) => reader.ReadText());
        Refuses(hex, (ref CborReader reader) => reader.ReadString());
    }

    [Theory]
    [InlineData("9a7fffffff00")]
    [InlineData("9bffffffffffffffff00")]
    [InlineData("ba0000000200")]
    [InlineData("a10")]
    public void A_count_that_the_document_cannot_hold_is_refused(string hex)
    {
        var padded = hex.Length % 2 == 0 ? hex : hex + "0";
        Refuses(padded, (ref CborReader reader) => reader.Kind == CborKind.Map ? reader.ReadMapStart() : reader.ReadArrayStart());
    }

    [Fact]
    public void Maps_of_known_and_unknown_length_are_walked_alike()
    {
        foreach (var hex in new[] { "a2616101616202", "bf616101616202ff", "c6bf6161c101616202ff" })
        {
            var reader = new CborReader(Convert.FromHexString(hex));
            var seen = new List<(string, long)>();
            for (var remaining = reader.ReadMapStart(); reader.MoveNext(ref remaining);)
            {
                seen.Add((reader.ReadString(), reader.ReadInt64()));
            }

            Assert.Equal([("a", 1), ("b", 2)], seen);
            Assert.Equal(CborKind.End, reader.Kind);
        }
    }

    [Fact]
    public void Only_null_and_undefined_are_read_as_null()
    {
        Assert.True(new CborReader(new byte[] { 0xF6 }).TryReadNull());
        Assert.True(new CborReader(new byte[] { 0xF7 }).TryReadNull());
        Assert.True(new CborReader(new byte[] { 0xC1, 0xF6 }).TryReadNull());
        var reader = new CborReader(new byte[] { 0xF4 });
        Assert.False(reader.TryReadNull());
        Assert.False(reader.ReadBoolean());
        Assert.False(new CborReader(ReadOnlyMemory<byte>.Empty).TryReadNull());
    }

    [Theory]
    [InlineData(CborReader.MaxDepth - 1, true)]
    [InlineData(CborReader.MaxDepth, false)]
    [InlineData(1_000_000, false)]
    public void Skipping_has_a_limit_of_depth(int depth, bool accepted)
    {
        byte[] document = [.. Enumerable.Repeat((byte)0x81, depth), 0x00];
        Assert.Equal(accepted, Record(document, (ref CborReader reader) => reader.Skip()) is null);
    }

    [Fact]
    public void Values_of_the_reference_writer_are_read_back()
    {
        CborValues.Value.Sample(
            value =>
            {
                foreach (var indefinite in new[] { false, true })
                {
                    var writer = new System.Formats.Cbor.CborWriter(CborConformanceMode.Lax);
                    CborValues.Write(writer, value, indefinite);
                    var document = writer.Encode();

                    var reader = new CborReader(document);
                    CborValues.AssertReads(ref reader, value);
                    Assert.Equal(document.Length, reader.Position);

                    var skipper = new CborReader(document);
                    skipper.Skip();
                    Assert.Equal(document.Length, skipper.Position);
                }
            },
            iter: 2000);
    }

    [Fact]
    public void Any_bytes_end_in_a_value_or_a_typed_error()
    {
        Gen.Byte.Array[0, 40].Sample(
            bytes =>
            {
                var failure = Record(bytes, (ref CborReader reader) => reader.Skip());
                Assert.True(failure is null or CborFormatException, $"{failure}");

                // If the reference reader skips a value, this reader skips the same bytes. The reverse is not true: the reference checks
                // more.
                var reference = new System.Formats.Cbor.CborReader(bytes, CborConformanceMode.Lax, allowMultipleRootLevelValues: true);
                try
                {
                    reference.SkipValue();
                }
                catch (Exception e) when (e is CborContentException or InvalidOperationException or FormatException)
                {
                    return;
                }

                Assert.Null(failure);
                var ours = new CborReader(bytes);
                ours.Skip();
                Assert.Equal(bytes.Length - reference.BytesRemaining, ours.Position);
            },
            iter: Fuzz.Inputs);
    }

    [Fact]
    public void Any_cut_of_a_document_is_refused()
    {
        var document = Convert.FromHexString(
            "bf675265636f7264739fbf6e53657175656e63654e756d6265726131781b417070726f78696d6174654172726976616c54696d657374616d70c11b0000018bcfe5687b64446174614568656c6c6f6c506172746974696f6e4b657963706b31ffff714e65787453686172644974657261746f726441414141724d696c6c6973426568696e644c617465737400ff");
        for (var length = 0; length < document.Length; length++)
        {
            Assert.IsType<CborFormatException>(Record(document[..length], (ref CborReader reader) => reader.Skip()));
        }
    }

    private delegate void Act(ref CborReader reader);

    private delegate T Read<out T>(ref CborReader reader);

    private static Exception? Record(byte[] document, Act act)
    {
        var reader = new CborReader(document);
        try
        {
            act(ref reader);
            return null;
        }
        catch (Exception e)
        {
            return e;
        }
    }

    private static void Refuses<T>(string hex, Read<T> read) =>
        Assert.IsType<CborFormatException>(Record(Convert.FromHexString(hex), (ref CborReader reader) => read(ref reader)));
}
