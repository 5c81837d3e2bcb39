namespace Kcl.Kinesis.Formats;

/// <summary>Writes one body in the form that the AWS SDKs use: blobs as bytes or base64, timestamps as milliseconds or seconds.</summary>
internal abstract class WireWriter
{
    /// <summary>Creates a writer.</summary>
    /// <param name="format">The format.</param>
    /// <param name="capacity">The expected size of the body, in bytes.</param>
    public static WireWriter Create(WireFormat format, int capacity = 512) =>
        format == WireFormat.Json ? new JsonWireWriter(capacity) : new CborWireWriter(capacity);

    /// <summary>Starts a map.</summary>
    public abstract void StartMap();

    /// <summary>Ends a map.</summary>
    public abstract void EndMap();

    /// <summary>Starts an array.</summary>
    public abstract void StartArray();

    /// <summary>Ends an array.</summary>
    public abstract void EndArray();

    /// <summary>Writes the name of the value that follows.</summary>
    public abstract void WriteName(ReadOnlySpan<byte> name);

    /// <summary>Writes a text.</summary>
    public abstract void WriteText(ReadOnlySpan<char> value);

    /// <summary>Writes a text that is already UTF-8.</summary>
    public abstract void WriteText(ReadOnlySpan<byte> utf8);

    /// <summary>Writes an integer.</summary>
    public abstract void WriteInteger(long value);

    /// <summary>Writes true or false.</summary>
    public abstract void WriteBoolean(bool value);

    /// <summary>Writes null.</summary>
    public abstract void WriteNull();

    /// <summary>Writes a timestamp.</summary>
    /// <param name="milliseconds">Milliseconds since the Unix epoch.</param>
    public abstract void WriteInstant(long milliseconds);

    /// <summary>Writes a blob.</summary>
    public abstract void WriteBytes(ReadOnlySpan<byte> value);

    /// <summary>Writes a hash key, which is a text of decimal digits in the protocol.</summary>
    public void WriteText(UInt128 value)
    {
        Span<byte> digits = stackalloc byte[39];
        _ = value.TryFormat(digits, out var length);
        WriteText(digits[..length]);
    }

    /// <summary>Writes a member with a text.</summary>
    public void WriteText(ReadOnlySpan<byte> name, string value)
    {
        WriteName(name);
        WriteText(value);
    }

    /// <summary>Writes a member with a text, unless it is null.</summary>
    public void WriteOptionalText(ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null)
        {
            WriteText(name, value);
        }
    }

    /// <summary>Writes a member with an integer.</summary>
    public void WriteInteger(ReadOnlySpan<byte> name, int value)
    {
        WriteName(name);
        WriteInteger(value);
    }

    /// <summary>Writes a member with an integer, unless it is null.</summary>
    public void WriteOptionalInteger(ReadOnlySpan<byte> name, int? value)
    {
        if (value is { } given)
        {
            WriteInteger(name, given);
        }
    }

    /// <summary>Writes a member with a timestamp, unless it is null.</summary>
    public void WriteOptionalInstant(ReadOnlySpan<byte> name, DateTimeOffset? value)
    {
        if (value is { } given)
        {
            WriteName(name);
            WriteInstant(given.ToUnixTimeMilliseconds());
        }
    }

    /// <summary>Ends the body.</summary>
    /// <returns>The body.</returns>
    public abstract ReadOnlyMemory<byte> Finish();
}
