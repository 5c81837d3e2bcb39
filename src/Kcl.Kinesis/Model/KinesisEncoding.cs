namespace Kcl.Kinesis;

/// <summary>How requests are written. Answers are read in whichever encoding they come.</summary>
public enum KinesisEncoding
{
    /// <summary>CBOR: a quarter fewer bytes than JSON, and payloads need no decoding. What the AWS SDK for Java speaks, and the service in every region.</summary>
    Cbor,

    /// <summary>JSON 1.1, for servers that speak nothing else.</summary>
    Json,
}
