namespace Kcl.Kinesis.EventStream;

/// <summary>The bytes are not an event stream; the connection they came over is of no further use.</summary>
internal sealed class EventStreamException(string message) : FormatException(message);
