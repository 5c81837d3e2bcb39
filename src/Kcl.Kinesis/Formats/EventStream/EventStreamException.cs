namespace Kcl.Kinesis.Formats.EventStream;

/// <summary>The exception for bytes that are not an event stream. The connection cannot be used after it.</summary>
internal sealed class EventStreamException(string message) : FormatException(message);
