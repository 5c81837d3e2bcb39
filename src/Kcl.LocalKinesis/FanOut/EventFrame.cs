using System.Buffers.Binary;
using System.IO.Hashing;
using Kcl.LocalKinesis.Http;

namespace Kcl.LocalKinesis.FanOut;

/// <summary>
/// One message of <c>application/vnd.amazon.eventstream</c>, written in place: total length, headers' length, CRC-32 of both, headers, payload, CRC-32 of all before it;
/// numbers big-endian. Begin it, write the payload into the buffer, finish it.
/// </summary>
internal static class EventFrame
{
    private const int Prelude = 12;
    private static readonly byte[] InitialResponse = Headers((":message-type", "event"), (":event-type", "initial-response"));
    private static readonly byte[] SubscribeToShardEvent = Headers((":message-type", "event"), (":event-type", "SubscribeToShardEvent"), (":content-type", "application/json"));

    /// <summary>Begins the message that opens every stream.</summary>
    public static void BeginInitialResponse(PooledBuffer buffer) => Begin(buffer, InitialResponse);

    /// <summary>Begins an event with records.</summary>
    public static void BeginEvent(PooledBuffer buffer) => Begin(buffer, SubscribeToShardEvent);

    /// <summary>Begins the message that ends a stream with an error.</summary>
    public static void BeginException(PooledBuffer buffer, string type) => Begin(buffer, Headers((":message-type", "exception"), (":exception-type", type), (":content-type", "application/json")));

    /// <summary>Fills in lengths and checksums around the payload that was written since.</summary>
    public static void Finish(PooledBuffer buffer)
    {
        var trailer = buffer.GetSpan(4)[..4];
        var message = buffer.Span;
        BinaryPrimitives.WriteInt32BigEndian(message, message.Length + 4);
        BinaryPrimitives.WriteUInt32BigEndian(message[8..], Crc32.HashToUInt32(message[..8]));
        BinaryPrimitives.WriteUInt32BigEndian(trailer, Crc32.HashToUInt32(message));
        buffer.Advance(4);
    }

    private static void Begin(PooledBuffer buffer, byte[] headers)
    {
        buffer.Clear();
        var start = buffer.GetSpan(Prelude + headers.Length);
        BinaryPrimitives.WriteInt32BigEndian(start[4..], headers.Length);
        headers.CopyTo(start[Prelude..]);
        buffer.Advance(Prelude + headers.Length);
    }

    private static byte[] Headers(params ReadOnlySpan<(string Name, string Value)> headers)
    {
        var bytes = new List<byte>();
        foreach (var (name, value) in headers)
        {
            bytes.Add((byte)name.Length);
            bytes.AddRange(System.Text.Encoding.ASCII.GetBytes(name));
            bytes.Add(7); // a string, its length in two bytes
            bytes.Add((byte)(value.Length >> 8));
            bytes.Add((byte)value.Length);
            bytes.AddRange(System.Text.Encoding.ASCII.GetBytes(value));
        }

        return [.. bytes];
    }
}
