namespace Kcl.Kinesis.Formats;

/// <summary>Media types of the formats, and the detection of a body's format.</summary>
internal static class WireFormats
{
    /// <summary>The media type of CBOR bodies.</summary>
    public const string CborContentType = "application/x-amz-cbor-1.1";

    /// <summary>The media type of JSON bodies.</summary>
    public const string JsonContentType = "application/x-amz-json-1.1";

    /// <summary>
    /// Detects the format of a body by its first byte, which is unambiguous for a map, and otherwise by its media type:
    /// some gateways respond to CBOR requests in JSON.
    /// </summary>
    /// <returns>The format; null if it is neither.</returns>
    public static WireFormat? Detect(ReadOnlySpan<byte> body, string? mediaType) => body switch
    {
        [(byte)'{' or (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n', ..] => WireFormat.Json,
        [>= 0xA0 and < 0xE0, ..] => WireFormat.Cbor, // a map, or tags before one
        _ when mediaType is null => null,
        _ when mediaType.Contains("cbor", StringComparison.OrdinalIgnoreCase) => WireFormat.Cbor,
        _ when mediaType.Contains("json", StringComparison.OrdinalIgnoreCase) => WireFormat.Json,
        _ => null,
    };
}
