using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;

namespace Kcl.Kinesis.Formats.EventStream;

/// <summary>
/// Writes a frame of <c>application/vnd.amazon.eventstream</c> in place: total length, length of the headers, CRC-32 of both, headers,
/// payload, CRC-32 of everything before it; numbers are big-endian.
/// </summary>
/// <remarks>
/// Call <see cref="Start"/>, write the payload, reserve <see cref="EventStreamPrelude.TrailerSize"/> bytes, call <see cref="Complete"/>.
/// </remarks>
internal static class EventStreamWriter
{
    private const byte TextHeader = 7;

    /// <summary>Encodes headers.</summary>
    /// <param name="headers">Names and values, in ASCII.</param>
    public static byte[] EncodeHeaders(params ReadOnlySpan<(string Name, string Value)> headers)
    {
        var bytes = new List<byte>();
        foreach (var (name, value) in headers)
        {
            bytes.Add((byte)name.Length);
            bytes.AddRange(Encoding.ASCII.GetBytes(name));
            bytes.Add(TextHeader);
            bytes.Add((byte)(value.Length >> 8));
            bytes.Add((byte)value.Length);
            bytes.AddRange(Encoding.ASCII.GetBytes(value));
        }

        return [.. bytes];
    }

    /// <summary>Starts a frame.</summary>
    /// <param name="output">Receives the prelude, whose length <see cref="Complete"/> writes, and the headers.</param>
    /// <param name="headers">The encoded headers.</param>
    public static void Start(IBufferWriter<byte> output, ReadOnlySpan<byte> headers)
    {
        var start = output.GetSpan(EventStreamPrelude.Size + headers.Length);
        BinaryPrimitives.WriteInt32BigEndian(start[4..], headers.Length);
        headers.CopyTo(start[EventStreamPrelude.Size..]);
        output.Advance(EventStreamPrelude.Size + headers.Length);
    }

    /// <summary>Writes the length and both checksums of a frame.</summary>
    /// <param name="frame">The whole frame, from its prelude to the bytes reserved for the trailer.</param>
    public static void Complete(Span<byte> frame)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(frame.Length, EventStreamPrelude.MaxLength, nameof(frame));
        BinaryPrimitives.WriteInt32BigEndian(frame, frame.Length);
        BinaryPrimitives.WriteUInt32BigEndian(frame[8..], Crc32.HashToUInt32(frame[..8]));
        var body = frame[..^EventStreamPrelude.TrailerSize];
        BinaryPrimitives.WriteUInt32BigEndian(frame[body.Length..], Crc32.HashToUInt32(body));
    }
}
