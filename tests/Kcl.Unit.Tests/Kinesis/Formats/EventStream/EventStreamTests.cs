using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using CsCheck;
using Kcl.Kinesis.Formats.EventStream;

namespace Kcl.Unit.Tests.Kinesis.Formats.EventStream;

public class EventStreamTests
{
    private const string Empty = "000000100000000005c248eb7d98c8ff";
    private const string Initial = "0000004700000035d9429f130d3a6d6573736167652d747970650700056576656e740b3a6576656e742d74797065070010696e697469616c2d726573706f6e73657b7d8de0c8a3";
    private const string Event = "000000e80000005b813fdb0b0d3a6d6573736167652d747970650700056576656e740b3a6576656e742d74797065070015537562736372696265546f53686172644576656e740d3a636f6e74656e742d747970650700106170706c69636174696f6e2f6a736f6e7b225265636f726473223a5b5d2c22436f6e74696e756174696f6e53657175656e63654e756d626572223a223439353930333338323731343930323536363038353539363932353338333631353731303935393231353735393839313336353838383938222c224d696c6c6973426568696e644c6174657374223a307d8f7bf561";
    private const string Failure = "0000008300000064d9bbb06a0d3a6d6573736167652d74797065070009657863657074696f6e0f3a657863657074696f6e2d747970650700165265736f75726365496e557365457863657074696f6e0d3a636f6e74656e742d747970650700106170706c69636174696f6e2f6a736f6e7b226d657373616765223a2278227de1ecdf10";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void The_golden_frames_are_read()
    {
        Assert.Equal(default, EventStreamFrame.Parse(Convert.FromHexString(Empty)) with { Payload = default });

        var initial = EventStreamFrame.Parse(Convert.FromHexString(Initial));
        Assert.Equal(("event", "initial-response", "{}"), (initial.MessageType, initial.EventType, Text(initial)));

        var @event = EventStreamFrame.Parse(Convert.FromHexString(Event));
        Assert.Equal(("event", "SubscribeToShardEvent"), (@event.MessageType, @event.EventType));
        Assert.Equal(
            """{"Records":[],"ContinuationSequenceNumber":"49590338271490256608559692538361571095921575989136588898","MillisBehindLatest":0}""",
            Text(@event));

        var failure = EventStreamFrame.Parse(Convert.FromHexString(Failure));
        Assert.Equal(
            ("exception", "ResourceInUseException", """{"message":"x"}"""),
            (failure.MessageType, failure.ErrorType, Text(failure)));
    }

    [Fact]
    public void The_golden_frames_are_written()
    {
        var output = new ArrayBufferWriter<byte>();
        EventStreamFrames.WriteEvent(output, "SubscribeToShardEvent", EventStreamFrame.Parse(Convert.FromHexString(Event)).Payload.Span);
        Assert.Equal(Event, Convert.ToHexStringLower(output.WrittenSpan));
        output.ResetWrittenCount();
        EventStreamFrames.WriteException(output, "ResourceInUseException", """{"message":"x"}"""u8);
        Assert.Equal(Failure, Convert.ToHexStringLower(output.WrittenSpan));
    }

    [Fact]
    public void The_checksum_is_that_of_zip() => Assert.Equal(0xCBF43926u, Crc32.HashToUInt32("123456789"u8));

    [Fact]
    public void Headers_of_every_type_are_stepped_over()
    {
        byte[] headers =
        [
            1, (byte)'a', 0, 1, (byte)'b', 1, 1, (byte)'c', 2, 9, 1, (byte)'d', 3, 9, 9, 1, (byte)'e', 4, 9, 9, 9, 9,
            1, (byte)'f', 5, 9, 9, 9, 9, 9, 9, 9, 9,
            1, (byte)'g', 6, 0, 2, 9, 9, 1, (byte)'h', 8, 9, 9, 9, 9, 9, 9, 9, 9,
            1, (byte)'i', 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9,
            13, .. ":message-type"u8, 7, 0, 5, .. "error"u8, 11, .. ":error-code"u8, 7, 0, 1, (byte)'x',
            14, .. ":error-message"u8, 7, 0, 1, (byte)'y',
        ];
        var frame = EventStreamFrame.Parse(Frame(headers, "p"u8.ToArray()));
        Assert.Equal(("error", "x", "y", "p"), (frame.MessageType, frame.ErrorType, frame.ErrorMessage, Text(frame)));
    }

    [Theory]
    [InlineData(new byte[] { 200 })] // a name beyond the headers
    [InlineData(new byte[] { 1, 97, 10 })] // an unknown type
    [InlineData(new byte[] { 1, 97, 7, 255, 255 })] // a value beyond the headers
    [InlineData(new byte[] { 1, 97, 5, 1 })]
    [InlineData(new byte[] { 1, 97 })]
    public void Headers_longer_than_the_frame_are_refused(byte[] headers) =>
        Assert.Throws<EventStreamException>(() => EventStreamFrame.Parse(Frame(headers, [])));

    [Theory]
    [InlineData(15u, 0u)]
    [InlineData(0u, 0u)]
    [InlineData((24u * 1024 * 1024) + 1, 0u)]
    [InlineData(uint.MaxValue, 0u)]
    [InlineData(32u, 17u)]
    [InlineData(32u, uint.MaxValue)]
    [InlineData(1024u * 1024, (128u * 1024) + 1)]
    public void Impossible_lengths_are_refused_though_their_checksum_is_right(uint length, uint headers)
    {
        var prelude = new byte[12];
        BinaryPrimitives.WriteUInt32BigEndian(prelude, length);
        BinaryPrimitives.WriteUInt32BigEndian(prelude.AsSpan(4), headers);
        BinaryPrimitives.WriteUInt32BigEndian(prelude.AsSpan(8), Crc32.HashToUInt32(prelude.AsSpan(0, 8)));
        Assert.Throws<EventStreamException>(() => EventStreamPrelude.Parse(prelude));
    }

    [Fact]
    public void Any_flipped_bit_is_detected()
    {
        var whole = Convert.FromHexString(Event);
        for (var bit = 0; bit < whole.Length * 8; bit++)
        {
            var broken = (byte[])whole.Clone();
            broken[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Throws<EventStreamException>(() => EventStreamFrame.Parse(broken));
        }
    }

    [Fact]
    public void Any_cut_and_any_flips_of_the_golden_frames_are_detected() =>
        Gen.Select(
            Gen.OneOf(Gen.Const(Initial), Gen.Const(Event), Gen.Const(Failure)),
            Gen.Int[0, 1_000_000].List[1, 8],
            Gen.Int[0, 300]).Sample(
            (golden, flips, cut) =>
            {
                var frame = Convert.FromHexString(golden);
                var broken = (byte[])frame.Clone();
                flips.ForEach(bit => broken[bit / 8 % broken.Length] ^= (byte)(1 << (bit % 8)));
                broken = broken[..Math.Min(cut, broken.Length)];
                var failure = Record.Exception(() => EventStreamFrame.Parse(broken));
                Assert.True(broken.AsSpan().SequenceEqual(frame) ? failure is null : failure is EventStreamException, $"{failure}");
            },
            iter: Fuzz.Inputs);

    [Fact]
    public async Task Frames_do_not_depend_on_how_the_bytes_are_split()
    {
        var frames = new[] { Initial, Event, Empty, Failure, Event }.Select(Convert.FromHexString).ToArray();
        var whole = frames.SelectMany(frame => frame).ToArray();
        for (var piece = 1; piece < 300; piece += piece < 20 ? 1 : 37)
        {
            foreach (var pooled in new[] { false, true })
            {
                await using var reader = new EventStreamReader(new Pieces(whole, piece), pooled);
                foreach (var expected in frames)
                {
                    using var frame = await reader.ReadAsync(Token);
                    Assert.Equal(Convert.ToHexString(expected), Convert.ToHexString(frame!.Memory.Span));
                }

                Assert.Null(await reader.ReadAsync(Token));
            }
        }
    }

    [Fact]
    public async Task A_stream_that_ends_within_a_frame_is_refused()
    {
        var whole = Convert.FromHexString(Event);
        for (var length = 1; length < whole.Length; length++)
        {
            await using var reader = new EventStreamReader(new MemoryStream(whole[..length]), pooled: false);
            await Assert.ThrowsAsync<EndOfStreamException>(async () => await reader.ReadAsync(Token));
        }
    }

    [Fact]
    public void Any_bytes_with_right_checksums_end_in_a_frame_or_a_typed_error() =>
        Gen.Select(Gen.Byte.Array[0, 60], Gen.Byte.Array[0, 60]).Sample(
            (headers, payload) =>
            {
                var failure = Record.Exception(() => EventStreamFrame.Parse(Frame(headers, payload)));
                Assert.True(failure is null or EventStreamException, $"{failure}");
            },
            iter: Fuzz.Inputs);

    private static string Text(EventStreamFrame frame) => Encoding.UTF8.GetString(frame.Payload.Span);

    private static byte[] Frame(byte[] headers, byte[] payload)
    {
        var frame = new byte[16 + headers.Length + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, frame.Length);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(4), headers.Length);
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(8), Crc32.HashToUInt32(frame.AsSpan(0, 8)));
        headers.CopyTo(frame, 12);
        payload.CopyTo(frame, 12 + headers.Length);
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(frame.Length - 4), Crc32.HashToUInt32(frame.AsSpan(0, frame.Length - 4)));
        return frame;
    }

    /// <summary>A stream that returns a few bytes per read.</summary>
    private sealed class Pieces(byte[] bytes, int piece) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, piece)], cancellationToken);
    }
}
