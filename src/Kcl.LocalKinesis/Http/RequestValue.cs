using System.Buffers.Text;
using System.Text;
using Kcl.Kinesis.Formats;
using Kcl.LocalKinesis.Errors;

namespace Kcl.LocalKinesis.Http;

/// <summary>A value of a <see cref="RequestDocument"/>. Its methods throw the service's error if the value has another kind.</summary>
internal readonly struct RequestValue(RequestDocument document, int index)
{
    private ref readonly RequestDocument.Token Token => ref document[index];

    private double Double => BitConverter.Int64BitsToDouble(Token.Number);

    public RequestKind Kind => Token.Kind;

    public bool IsNull => Kind == RequestKind.Null;

    /// <summary>Gets the number of items of an array or entries of a map.</summary>
    public int Count => Token.Length;

    /// <summary>Finds a member of a map that is present and not null.</summary>
    public bool TryGet(ReadOnlySpan<byte> name, out RequestValue value)
    {
        Require(RequestKind.Map, "structure");
        for (var at = index + 1; at < Token.Next;)
        {
            var found = document.Slice(document[at]).Span.SequenceEqual(name);
            at++;
            if (found)
            {
                value = new(document, at);
                return !value.IsNull;
            }

            at = document[at].Next;
        }

        value = default;
        return false;
    }

    /// <summary>Returns the items of an array.</summary>
    public IEnumerable<RequestValue> GetItems()
    {
        Require(RequestKind.Array, "list");
        var end = Token.Next;
        for (var at = index + 1; at < end; at = document[at].Next)
        {
            yield return new(document, at);
        }
    }

    /// <summary>Returns the entries of a map.</summary>
    public IEnumerable<KeyValuePair<string, RequestValue>> GetEntries()
    {
        Require(RequestKind.Map, "map");
        var end = Token.Next;
        for (var at = index + 1; at < end; at = document[at + 1].Next)
        {
            yield return new(new RequestValue(document, at).GetText(), new(document, at + 1));
        }
    }

    public ReadOnlySpan<byte> GetUtf8()
    {
        Require(RequestKind.Text, "string");
        return document.Slice(Token).Span;
    }

    public string GetText() => Encoding.UTF8.GetString(GetUtf8());

    public long GetInteger() => Kind switch
    {
        RequestKind.Integer => Token.Number,
        RequestKind.Number when Math.Abs(Double) < long.MaxValue => (long)Double,
        _ => throw Mismatch("integer"),
    };

    public bool GetBoolean()
    {
        Require(RequestKind.Boolean, "boolean");
        return Token.Number != 0;
    }

    /// <summary>
    /// Returns an instant as milliseconds since the Unix epoch. JSON has seconds and CBOR milliseconds; the magnitude of the number
    /// distinguishes them.
    /// </summary>
    public long GetTimestamp()
    {
        var ok = Kind switch
        {
            RequestKind.Integer => EpochTime.TryToMilliseconds(Token.Number, out var fromInteger) ? fromInteger : (long?)null,
            RequestKind.Number => EpochTime.TryToMilliseconds(Double, out var fromNumber) ? fromNumber : null,
            _ => throw Mismatch("timestamp"),
        };
        return ok ?? throw ServiceErrors.TimestampOutOfRange();
    }

    /// <summary>Returns a payload: the slice of a CBOR byte string, or the decoded base64 of JSON.</summary>
    /// <param name="buffer">The buffer for decoded base64, which grows as needed.</param>
    public ReadOnlyMemory<byte> GetPayload(ref byte[] buffer)
    {
        if (Kind == RequestKind.Bytes)
        {
            return document.Slice(Token);
        }

        var base64 = GetUtf8();
        var max = Base64.GetMaxDecodedFromUtf8Length(base64.Length);
        if (buffer.Length < max)
        {
            buffer = new byte[Math.Max(max, 2 * buffer.Length)];
        }

        return Base64.DecodeFromUtf8(base64, buffer, out _, out var written) == System.Buffers.OperationStatus.Done
            ? buffer.AsMemory(0, written)
            : throw ServiceErrors.InvalidBase64();
    }

    /// <summary>Returns the length of a payload without decoding it.</summary>
    public int GetPayloadLength() => Kind == RequestKind.Bytes
        ? Token.Length
        : Base64.IsValid(GetUtf8(), out var length) ? length : throw ServiceErrors.InvalidBase64();

    private void Require(RequestKind kind, string expected)
    {
        if (Kind != kind)
        {
            throw Mismatch(expected);
        }
    }

    private ServiceErrorException Mismatch(string expected) => ServiceErrors.WrongKind(
        Kind switch
        {
            RequestKind.Integer or RequestKind.Number => "NUMBER_VALUE",
            RequestKind.Boolean => Token.Number != 0 ? "TRUE_VALUE" : "FALSE_VALUE",
            RequestKind.Text => "STRING_VALUE",
            RequestKind.Bytes => "BLOB_VALUE",
            RequestKind.Array => "START_ARRAY",
            RequestKind.Map => "START_OBJECT",
            _ => "NULL_VALUE",
        },
        expected);
}
