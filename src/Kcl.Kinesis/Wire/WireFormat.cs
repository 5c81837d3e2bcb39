namespace Kcl.Kinesis.Wire;

/// <summary>How a body is written.</summary>
internal enum WireFormat
{
    /// <summary>CBOR as the AWS SDK for Java speaks it.</summary>
    Cbor,

    /// <summary>AWS JSON 1.1.</summary>
    Json,
}

/// <summary>Tells the formats apart.</summary>
internal static class WireFormats
{
    /// <summary>The media type of CBOR bodies.</summary>
    public const string CborContentType = "application/x-amz-cbor-1.1";

    /// <summary>The media type of JSON bodies.</summary>
    public const string JsonContentType = "application/x-amz-json-1.1";

    /// <summary>
    /// Recognises a body by its first byte, which is never ambiguous where a body is a map, and else by its media type:
    /// gateways are known to answer CBOR requests in JSON.
    /// </summary>
    /// <returns>Null where it is neither.</returns>
    public static WireFormat? Recognise(ReadOnlySpan<byte> body, string? mediaType) => body switch
    {
        [(byte)'{' or (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n', ..] => WireFormat.Json,
        [>= 0xA0 and < 0xE0, ..] => WireFormat.Cbor, // a map, or tags before one
        _ when mediaType is null => null,
        _ when mediaType.Contains("cbor", StringComparison.OrdinalIgnoreCase) => WireFormat.Cbor,
        _ when mediaType.Contains("json", StringComparison.OrdinalIgnoreCase) => WireFormat.Json,
        _ => null,
    };
}
