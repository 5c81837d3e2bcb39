using System.Buffers;
using System.Formats.Cbor;
using CsCheck;
using Kcl.Kinesis.Formats.Cbor;
using CborReader = Kcl.Kinesis.Formats.Cbor.CborReader;
using CborWriter = Kcl.Kinesis.Formats.Cbor.CborWriter;

namespace Kcl.Unit.Tests.Kinesis.Formats.Cbor;

public class CborWriterTests
{
    [Fact]
    public void The_bytes_of_GetRecords_are_those_of_the_SDK()
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new CborWriter(output);
        writer.StartMap();
        writer.WriteText("ShardIterator"u8);
        writer.WriteText("AAAA");
        writer.WriteText("Limit"u8);
        writer.WriteInteger(10000);
        writer.End();
        writer.Flush();
        Assert.Equal("bf6d53686172644974657261746f726441414141654c696d6974192710ff", Convert.ToHexStringLower(output.WrittenSpan));
    }

    [Fact]
    public void An_instant_is_tag_1_and_milliseconds()
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new CborWriter(output);
        writer.WriteEpochMilliseconds(1700000000123);
        writer.Flush();
        Assert.Equal("c11b0000018bcfe5687b", Convert.ToHexStringLower(output.WrittenSpan));
    }

    [Fact]
    public void The_largest_hash_key_is_39_digits()
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new CborWriter(output);
        writer.WriteText(UInt128.MaxValue);
        writer.Flush();
        Assert.Equal("340282366920938463463374607431768211455", new CborReader(output.WrittenMemory).ReadString());
    }

    [Fact]
    public void Both_readers_read_what_is_written()
    {
        Gen.Select(CborValues.Value, Gen.Bool, Gen.Int[9, 64]).Sample(
            (value, indefinite, room) =>
            {
                var output = new StingyWriter(room);
                var writer = new CborWriter(output);
                CborValues.Write(ref writer, value, indefinite);
                writer.Flush();

                var reader = new CborReader(output.Written);
                CborValues.AssertReads(ref reader, value);
                Assert.Equal(CborKind.End, reader.Kind);

                var reference = new System.Formats.Cbor.CborReader(output.Written, CborConformanceMode.Lax);
                reference.SkipValue();
                Assert.Equal(0, reference.BytesRemaining);
            },
            iter: 2000);
    }

    /// <summary>A buffer that provides only the requested size, so that every item crosses buffer boundaries.</summary>
    private sealed class StingyWriter(int room) : IBufferWriter<byte>
    {
        private readonly ArrayBufferWriter<byte> _inner = new();

        public ReadOnlyMemory<byte> Written => _inner.WrittenMemory;

        public void Advance(int count) => _inner.Advance(count);

        public Memory<byte> GetMemory(int sizeHint = 0) => _inner.GetMemory(Math.Max(sizeHint, room))[..Math.Max(sizeHint, room)];

        public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
    }
}
