using System.Buffers.Binary;
using System.IO.Hashing;

namespace Kcl.Kinesis.Formats.EventStream;

/// <summary>
/// The first twelve bytes of a frame: its length, the length of its headers, and a checksum of both, so that a length is verified before a
/// buffer of that size is created.
/// </summary>
/// <param name="Length">The length of the whole frame including the checksums, in bytes.</param>
/// <param name="HeadersLength">The length of the headers, in bytes.</param>
internal readonly record struct EventStreamPrelude(int Length, int HeadersLength)
{
    /// <summary>The length of the prelude.</summary>
    public const int Size = 12;

    /// <summary>The length of the checksum at the end.</summary>
    public const int TrailerSize = 4;

    /// <summary>The maximum length of a frame, in bytes (aws-c-event-stream).</summary>
    public const int MaxLength = 24 * 1024 * 1024;

    /// <summary>The maximum length of the headers of a frame, in bytes (botocore).</summary>
    public const int MaxHeadersLength = 128 * 1024;

    /// <summary>Parses a prelude.</summary>
    /// <exception cref="EventStreamException">The bytes are not a prelude.</exception>
    public static EventStreamPrelude Parse(ReadOnlySpan<byte> bytes)
    {
        if (Crc32.HashToUInt32(bytes[..8]) != BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]))
        {
            throw new EventStreamException("the beginning of an event failed its checksum");
        }

        var length = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        var headers = BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]);
        return length is < Size + TrailerSize or > MaxLength || headers > MaxHeadersLength || headers > length - Size - TrailerSize
            ? throw new EventStreamException($"an event has impossible lengths ({length} bytes, {headers} of headers)")
            : new((int)length, (int)headers);
    }
}
