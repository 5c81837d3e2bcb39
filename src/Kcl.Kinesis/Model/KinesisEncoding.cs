namespace Kcl.Kinesis;

/// <summary>The encoding of requests. Responses are read in either encoding.</summary>
public enum KinesisEncoding
{
    /// <summary>
    /// CBOR. It needs a quarter fewer bytes than JSON, and payloads need no decoding. The AWS SDK for Java uses it, and every region
    /// supports it.
    /// </summary>
    Cbor,

    /// <summary>JSON 1.1, for servers that support nothing else.</summary>
    Json,
}
