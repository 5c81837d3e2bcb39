using Kcl.Kinesis.Formats.EventStream;
using Kcl.LocalKinesis.Http;

namespace Kcl.LocalKinesis.FanOut;

/// <summary>
/// The messages of a subscription, as event-stream frames. Begin a frame, write the payload into the buffer, and finish the frame.
/// </summary>
internal static class EventFrame
{
    private static readonly byte[] InitialResponse =
        EventStreamWriter.EncodeHeaders((":message-type", "event"), (":event-type", "initial-response"));

    private static readonly byte[] SubscribeToShardEvent = EventStreamWriter.EncodeHeaders(
        (":message-type", "event"), (":event-type", "SubscribeToShardEvent"), (":content-type", "application/json"));

    /// <summary>Begins the message that opens every stream.</summary>
    public static void BeginInitialResponse(PooledBuffer buffer) => Begin(buffer, InitialResponse);

    /// <summary>Begins an event with records.</summary>
    public static void BeginEvent(PooledBuffer buffer) => Begin(buffer, SubscribeToShardEvent);

    /// <summary>Begins the message that ends a stream with an error.</summary>
    public static void BeginException(PooledBuffer buffer, string type) => Begin(
        buffer,
        EventStreamWriter.EncodeHeaders((":message-type", "exception"), (":exception-type", type), (":content-type", "application/json")));

    /// <summary>Writes the lengths and checksums around the payload that was written since the frame was begun.</summary>
    public static void Finish(PooledBuffer buffer)
    {
        _ = buffer.GetSpan(EventStreamPrelude.TrailerSize);
        buffer.Advance(EventStreamPrelude.TrailerSize);
        EventStreamWriter.Complete(buffer.Span);
    }

    private static void Begin(PooledBuffer buffer, byte[] headers)
    {
        buffer.Clear();
        EventStreamWriter.Start(buffer, headers);
    }
}
