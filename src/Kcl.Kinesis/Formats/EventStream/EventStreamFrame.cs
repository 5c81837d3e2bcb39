using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;

namespace Kcl.Kinesis.Formats.EventStream;

/// <summary>One frame of <c>application/vnd.amazon.eventstream</c>: the headers that are used, and the payload as a slice.</summary>
/// <param name="MessageType"><c>event</c>, <c>exception</c> or <c>error</c>.</param>
/// <param name="EventType">The kind of event.</param>
/// <param name="ErrorType">The kind of exception, or the code of an error.</param>
/// <param name="ErrorMessage">The message of an error.</param>
/// <param name="Payload">The payload.</param>
internal readonly record struct EventStreamFrame(
    string? MessageType, string? EventType, string? ErrorType, string? ErrorMessage, Memory<byte> Payload)
{
    /// <summary>Parses a whole frame.</summary>
    /// <param name="frame">The frame, prelude and checksums included.</param>
    /// <exception cref="EventStreamException">The bytes are not a frame.</exception>
    public static EventStreamFrame Parse(Memory<byte> frame)
    {
        if (frame.Length < EventStreamPrelude.Size)
        {
            throw new EventStreamException("an event is cut off");
        }

        var prelude = EventStreamPrelude.Parse(frame.Span);
        if (prelude.Length != frame.Length)
        {
            throw new EventStreamException("an event is cut off");
        }

        var checkedLength = prelude.Length - EventStreamPrelude.TrailerSize;
        if (Crc32.HashToUInt32(frame.Span[..checkedLength]) != BinaryPrimitives.ReadUInt32BigEndian(frame.Span[checkedLength..]))
        {
            throw new EventStreamException("an event failed its checksum");
        }

        var headersEnd = EventStreamPrelude.Size + prelude.HeadersLength;
        var result = new EventStreamFrame(null, null, null, null, frame[headersEnd..checkedLength]);
        ReadOnlySpan<byte> headers = frame.Span[EventStreamPrelude.Size..headersEnd];
        while (headers.Length > 0)
        {
            result = result.ReadHeader(ref headers);
        }

        return result;
    }

    private EventStreamFrame ReadHeader(ref ReadOnlySpan<byte> headers)
    {
        var name = Take(ref headers, Take(ref headers, 1)[0]);
        var type = Take(ref headers, 1)[0];
        var value = type switch
        {
            0 or 1 => [],
            2 => Take(ref headers, 1),
            3 => Take(ref headers, 2),
            4 => Take(ref headers, 4),
            5 or 8 => Take(ref headers, 8),
            6 or 7 => Take(ref headers, BinaryPrimitives.ReadUInt16BigEndian(Take(ref headers, 2))),
            9 => Take(ref headers, 16),
            _ => throw new EventStreamException($"a header has the unknown type {type}, so the next header cannot be found"),
        };
        if (type != 7)
        {
            return this;
        }

        // The values that every event has are not allocated each time.
        return name switch
        {
            _ when name.SequenceEqual(":message-type"u8) => this with { MessageType = GetText(value, "event"u8, "event") },
            _ when name.SequenceEqual(":event-type"u8) =>
                this with { EventType = GetText(value, "SubscribeToShardEvent"u8, "SubscribeToShardEvent") },
            _ when name.SequenceEqual(":exception-type"u8) || name.SequenceEqual(":error-code"u8) =>
                this with { ErrorType = Encoding.UTF8.GetString(value) },
            _ when name.SequenceEqual(":error-message"u8) => this with { ErrorMessage = Encoding.UTF8.GetString(value) },
            _ => this,
        };
    }

    private static string GetText(ReadOnlySpan<byte> value, ReadOnlySpan<byte> knownUtf8, string known) =>
        value.SequenceEqual(knownUtf8) ? known : Encoding.UTF8.GetString(value);

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> headers, int length)
    {
        if (length > headers.Length)
        {
            throw new EventStreamException("the headers of an event are longer than their declared length");
        }

        var taken = headers[..length];
        headers = headers[length..];
        return taken;
    }
}
