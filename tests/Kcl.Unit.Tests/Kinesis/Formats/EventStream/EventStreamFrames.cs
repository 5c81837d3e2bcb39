using System.Buffers;
using Kcl.Kinesis.Formats.EventStream;

namespace Kcl.Unit.Tests.Kinesis.Formats.EventStream;

/// <summary>Writes complete frames.</summary>
internal static class EventStreamFrames
{
    public static void WriteEvent(ArrayBufferWriter<byte> output, string eventType, ReadOnlySpan<byte> payload) =>
        Write(output, [(":message-type", "event"), (":event-type", eventType), (":content-type", "application/json")], payload);

    public static void WriteException(ArrayBufferWriter<byte> output, string exceptionType, ReadOnlySpan<byte> payload) =>
        Write(output, [(":message-type", "exception"), (":exception-type", exceptionType), (":content-type", "application/json")], payload);

    private static void Write(ArrayBufferWriter<byte> output, ReadOnlySpan<(string Name, string Value)> headers, ReadOnlySpan<byte> payload)
    {
        var frame = new ArrayBufferWriter<byte>();
        EventStreamWriter.Start(frame, EventStreamWriter.EncodeHeaders(headers));
        frame.Write(payload);
        frame.Write(new byte[EventStreamPrelude.TrailerSize]);
        var bytes = frame.WrittenSpan.ToArray();
        EventStreamWriter.Complete(bytes);
        output.Write(bytes);
    }
}
