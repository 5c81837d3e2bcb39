using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;

namespace Kcl.Kinesis.EventStream;

/// <summary>Writes frames, for the embedded server and for tests.</summary>
internal static class EventStreamWriter
{
    private const byte TextHeader = 7;

    /// <summary>Writes an event.</summary>
    /// <param name="output">Where it goes, whole.</param>
    /// <param name="eventType">For example <c>SubscribeToShardEvent</c> or <c>initial-response</c>.</param>
    /// <param name="payload">The payload, in JSON.</param>
    public static void WriteEvent(IBufferWriter<byte> output, ReadOnlySpan<byte> eventType, ReadOnlySpan<byte> payload) =>
        Write(output, "event"u8, ":event-type"u8, eventType, payload);

    /// <summary>Writes an exception, after which nothing comes.</summary>
    /// <param name="output">Where it goes, whole.</param>
    /// <param name="exceptionType">For example <c>ResourceInUseException</c>.</param>
    /// <param name="payload">The payload, in JSON: <c>{"message":…}</c>.</param>
    public static void WriteException(IBufferWriter<byte> output, ReadOnlySpan<byte> exceptionType, ReadOnlySpan<byte> payload) =>
        Write(output, "exception"u8, ":exception-type"u8, exceptionType, payload);

    private static void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> messageType, ReadOnlySpan<byte> typeHeader, ReadOnlySpan<byte> type, ReadOnlySpan<byte> payload)
    {
        var contentType = payload.IsEmpty ? [] : "application/json"u8;
        var headersLength = Length(":message-type"u8, messageType) + Length(typeHeader, type) + (payload.IsEmpty ? 0 : Length(":content-type"u8, contentType));
        var length = EventStreamPrelude.Size + headersLength + payload.Length + EventStreamPrelude.TrailerSize;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, EventStreamPrelude.MaxLength);

        var frame = output.GetSpan(length)[..length];
        BinaryPrimitives.WriteInt32BigEndian(frame, length);
        BinaryPrimitives.WriteInt32BigEndian(frame[4..], headersLength);
        BinaryPrimitives.WriteUInt32BigEndian(frame[8..], Crc32.HashToUInt32(frame[..8]));
        var rest = Header(frame[EventStreamPrelude.Size..], ":message-type"u8, messageType);
        rest = Header(rest, typeHeader, type);
        rest = payload.IsEmpty ? rest : Header(rest, ":content-type"u8, contentType);
        payload.CopyTo(rest);
        BinaryPrimitives.WriteUInt32BigEndian(frame[^EventStreamPrelude.TrailerSize..], Crc32.HashToUInt32(frame[..^EventStreamPrelude.TrailerSize]));
        output.Advance(length);
    }

    private static int Length(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) => 1 + name.Length + 1 + 2 + value.Length;

    private static Span<byte> Header(Span<byte> output, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        output[0] = (byte)name.Length;
        name.CopyTo(output[1..]);
        output[1 + name.Length] = TextHeader;
        BinaryPrimitives.WriteUInt16BigEndian(output[(2 + name.Length)..], (ushort)value.Length);
        value.CopyTo(output[(4 + name.Length)..]);
        return output[Length(name, value)..];
    }
}
