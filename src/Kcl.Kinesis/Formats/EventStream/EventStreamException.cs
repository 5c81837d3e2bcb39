namespace Kcl.Kinesis.Formats.EventStream;

/// <summary>The exception for bytes that are not an event stream. The connection they came from cannot be used any more.</summary>
internal sealed class EventStreamException(string message) : FormatException(message);
