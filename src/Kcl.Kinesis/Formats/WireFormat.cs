namespace Kcl.Kinesis.Formats;

/// <summary>The encoding of a body.</summary>
internal enum WireFormat
{
    /// <summary>CBOR as the AWS SDK for Java writes it.</summary>
    Cbor,

    /// <summary>AWS JSON 1.1.</summary>
    Json,
}
