using System.Buffers;

namespace Kcl.Kinesis.Wire;

/// <summary>What the writing of requests has in common.</summary>
internal static class RequestWriter
{
    private const int Small = 512;

    /// <summary>Starts a request.</summary>
    public static WireWriter Start(WireFormat format, out ArrayBufferWriter<byte> output, int size = 0)
    {
        output = new(Small + size);
        var writer = new WireWriter(output, format);
        writer.StartMap();
        return writer;
    }

    /// <summary>Ends a request.</summary>
    public static ReadOnlyMemory<byte> End(ref WireWriter writer, ArrayBufferWriter<byte> output)
    {
        writer.EndMap();
        writer.Flush();
        return output.WrittenMemory;
    }

    /// <summary>Names the stream by name, unless it was named by ARN: its name alone means another stream, in the caller's own account.</summary>
    public static void Name(ref WireWriter writer, StreamIdentifier stream)
    {
        if (stream.Arn is null)
        {
            Text(ref writer, "StreamName"u8, stream.Name.Value);
        }
    }

    /// <summary>Names the stream by ARN, if that is how it was named.</summary>
    public static void Arn(ref WireWriter writer, StreamIdentifier stream) => OptionalText(ref writer, "StreamARN"u8, stream.Arn?.Value);

    /// <summary>Writes a text.</summary>
    public static void Text(ref WireWriter writer, ReadOnlySpan<byte> name, string value)
    {
        writer.Name(name);
        writer.Text(value);
    }

    /// <summary>Writes a text, if there is one.</summary>
    public static void OptionalText(ref WireWriter writer, ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null)
        {
            Text(ref writer, name, value);
        }
    }

    /// <summary>Writes an integer.</summary>
    public static void Integer(ref WireWriter writer, ReadOnlySpan<byte> name, int value)
    {
        writer.Name(name);
        writer.Integer(value);
    }

    /// <summary>Writes an integer, if there is one.</summary>
    public static void OptionalInteger(ref WireWriter writer, ReadOnlySpan<byte> name, int? value)
    {
        if (value is { } given)
        {
            Integer(ref writer, name, given);
        }
    }

    /// <summary>Writes the member <c>Timestamp</c>, if there is one.</summary>
    public static void OptionalInstant(ref WireWriter writer, DateTimeOffset? value)
    {
        if (value is { } given)
        {
            writer.Name("Timestamp"u8);
            writer.Instant(given.ToUnixTimeMilliseconds());
        }
    }
}
