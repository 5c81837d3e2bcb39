namespace Kcl.Kinesis.Cbor;

/// <summary>The bytes are not CBOR, or not the kind of item that was asked for.</summary>
internal sealed class CborFormatException(string message, int position) : FormatException($"{message} at byte {position}.")
{
    /// <summary>Where in the document.</summary>
    public int Position { get; } = position;
}
