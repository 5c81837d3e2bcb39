using System.Buffers;

namespace Kcl.LocalKinesis.Http;

/// <summary>
/// Writes a response in the encoding of the request. A member of a structure has a name; the name of an item of a list is empty.
/// </summary>
internal abstract class ResponseWriter : IDisposable
{
    public abstract void StartObject(ReadOnlySpan<byte> name = default);

    public abstract void EndObject();

    public abstract void StartArray(ReadOnlySpan<byte> name);

    public abstract void EndArray();

    public abstract void WriteText(ReadOnlySpan<byte> name, ReadOnlySpan<byte> utf8);

    public abstract void WriteText(ReadOnlySpan<byte> name, string value);

    public abstract void WriteInteger(ReadOnlySpan<byte> name, long value);

    public abstract void WriteBoolean(ReadOnlySpan<byte> name, bool value);

    public abstract void WriteTimestamp(ReadOnlySpan<byte> name, long epochMilliseconds);

    public abstract void WritePayload(ReadOnlySpan<byte> name, ReadOnlySpan<byte> bytes);

    /// <summary>Moves everything that was written into the output.</summary>
    public abstract void Flush();

    public abstract void Dispose();

    /// <summary>Writes a hash key, which is sent as decimal text.</summary>
    public void WriteHashKey(ReadOnlySpan<byte> name, UInt128 value)
    {
        Span<byte> digits = stackalloc byte[39];
        _ = value.TryFormat(digits, out var length);
        WriteText(name, digits[..length]);
    }

    /// <summary>Creates a writer for an encoding.</summary>
    public static ResponseWriter Create(IBufferWriter<byte> output, bool cbor) =>
        cbor ? new CborResponseWriter(output) : new JsonResponseWriter(output);
}
