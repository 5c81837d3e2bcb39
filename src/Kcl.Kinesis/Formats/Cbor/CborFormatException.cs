namespace Kcl.Kinesis.Formats.Cbor;

/// <summary>The exception for bytes that are not CBOR, or not the expected kind of item.</summary>
internal sealed class CborFormatException(string message, int position) : FormatException($"{message} at byte {position}.")
{
    /// <summary>Gets the position in the document.</summary>
    public int Position { get; } = position;
}
