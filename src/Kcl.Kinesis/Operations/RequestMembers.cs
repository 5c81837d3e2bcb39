using Kcl.Kinesis.Formats;

namespace Kcl.Kinesis.Operations;

/// <summary>Starts and ends requests, and writes the members that many of them have.</summary>
internal static class RequestMembers
{
    private const int BaseSize = 512;

    /// <summary>Starts a request.</summary>
    /// <param name="format">Its format.</param>
    /// <param name="payloadSize">The expected size of its payload, in bytes.</param>
    public static WireWriter Start(WireFormat format, int payloadSize = 0)
    {
        var writer = WireWriter.Create(format, BaseSize + payloadSize);
        writer.StartMap();
        return writer;
    }

    /// <summary>Ends a request.</summary>
    /// <returns>Its body.</returns>
    public static ReadOnlyMemory<byte> End(this WireWriter writer)
    {
        writer.EndMap();
        return writer.Finish();
    }

    /// <summary>
    /// Writes the name of a stream that was identified by name. If it was identified by ARN, its name alone could refer to another stream,
    /// in the account of the caller.
    /// </summary>
    public static void WriteStreamName(this WireWriter writer, StreamIdentifier stream)
    {
        if (stream.Arn is null)
        {
            writer.WriteText("StreamName"u8, stream.Name.Value);
        }
    }

    /// <summary>Writes the ARN of a stream that was identified by ARN.</summary>
    public static void WriteStreamArn(this WireWriter writer, StreamIdentifier stream) =>
        writer.WriteOptionalText("StreamARN"u8, stream.Arn?.Value);
}
