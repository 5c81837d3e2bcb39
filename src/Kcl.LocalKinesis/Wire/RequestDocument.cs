using System.Buffers.Text;
using System.Text;
using Kcl.Kinesis;

namespace Kcl.LocalKinesis.Wire;

/// <summary>What a value of a request is, whichever encoding it came in.</summary>
internal enum RequestKind
{
    Null,
    Boolean,
    Integer,
    Number,
    Text,
    Bytes,
    Array,
    Map,
}

/// <summary>
/// A parsed request: one tape of tokens over the bytes it was read from. Both encodings end here, so that an operation is written once;
/// texts and payloads are slices of the body, and nothing is allocated per value.
/// </summary>
internal sealed class RequestDocument(ReadOnlyMemory<byte> body)
{
    private Token[] _tokens = new Token[64];
    private int _count;
    private byte[] _extra = [];
    private int _extraLength;

    /// <summary>The request's one value.</summary>
    public RequestValue Root => new(this, 0);

    internal ref readonly Token this[int index] => ref _tokens[index];

    /// <summary>Adds a value without children and returns its index.</summary>
    internal int Add(RequestKind kind, long number = 0) => Add(new Token { Kind = kind, Number = number });

    /// <summary>Adds a text or payload that is a slice of the body.</summary>
    internal int AddSlice(RequestKind kind, int offset, int length) => Add(new Token { Kind = kind, Offset = offset, Length = length });

    /// <summary>Adds a text or payload that isn't in the body as it stands: it had escapes, or came in chunks.</summary>
    internal int AddCopy(RequestKind kind, ReadOnlySpan<byte> bytes)
    {
        if (_extra.Length - _extraLength < bytes.Length)
        {
            Array.Resize(ref _extra, Math.Max(_extra.Length * 2, _extraLength + bytes.Length));
        }

        bytes.CopyTo(_extra.AsSpan(_extraLength));
        _extraLength += bytes.Length;
        return Add(new Token { Kind = kind, Offset = ~(_extraLength - bytes.Length), Length = bytes.Length });
    }

    /// <summary>Closes a map or array: everything added since belongs to it.</summary>
    internal void Close(int index, int items)
    {
        _tokens[index].Next = _count;
        _tokens[index].Length = items;
    }

    internal ReadOnlyMemory<byte> Slice(in Token token) => token.Offset >= 0
        ? body.Slice(token.Offset, token.Length)
        : _extra.AsMemory(~token.Offset, token.Length);

    private int Add(in Token token)
    {
        if (_count == _tokens.Length)
        {
            Array.Resize(ref _tokens, _count * 2);
        }

        _tokens[_count] = token;
        _tokens[_count].Next = _count + 1;
        return _count++;
    }

    internal struct Token
    {
        public RequestKind Kind;
        public int Offset;
        public int Length;
        public int Next;
        public long Number;
    }
}

/// <summary>One value of a <see cref="RequestDocument"/>; every way of reading it refuses a value of another kind the way the service does.</summary>
internal readonly struct RequestValue(RequestDocument document, int index)
{
    private ref readonly RequestDocument.Token Token => ref document[index];

    public RequestKind Kind => Token.Kind;

    public bool IsNull => Kind == RequestKind.Null;

    /// <summary>How many items an array or entries a map has.</summary>
    public int Count => Token.Length;

    /// <summary>A map's member, if it is there and not null.</summary>
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

    /// <summary>An array's items.</summary>
    public IEnumerable<RequestValue> Items()
    {
        Require(RequestKind.Array, "list");
        var end = Token.Next;
        for (var at = index + 1; at < end; at = document[at].Next)
        {
            yield return new(document, at);
        }
    }

    /// <summary>A map's entries.</summary>
    public IEnumerable<KeyValuePair<string, RequestValue>> Entries()
    {
        Require(RequestKind.Map, "map");
        var end = Token.Next;
        for (var at = index + 1; at < end; at = document[at + 1].Next)
        {
            yield return new(new RequestValue(document, at).Text(), new(document, at + 1));
        }
    }

    public ReadOnlySpan<byte> Utf8()
    {
        Require(RequestKind.Text, "string");
        return document.Slice(Token).Span;
    }

    public string Text() => Encoding.UTF8.GetString(Utf8());

    public long Integer() => Kind switch
    {
        RequestKind.Integer => Token.Number,
        RequestKind.Number when BitConverter.Int64BitsToDouble(Token.Number) is var number && Math.Abs(number) < long.MaxValue => (long)number,
        _ => throw Mismatch("integer"),
    };

    public bool Boolean()
    {
        Require(RequestKind.Boolean, "boolean");
        return Token.Number != 0;
    }

    /// <summary>An instant as milliseconds since the epoch: seconds in JSON, milliseconds in CBOR, told apart by their size.</summary>
    public long Timestamp()
    {
        var ok = Kind switch
        {
            RequestKind.Integer => Epoch.ToMilliseconds(Token.Number, out var fromInteger) ? fromInteger : (long?)null,
            RequestKind.Number => Epoch.ToMilliseconds(BitConverter.Int64BitsToDouble(Token.Number), out var fromNumber) ? fromNumber : null,
            _ => throw Mismatch("timestamp"),
        };
        return ok ?? throw ServiceException.Serialization("A timestamp lies outside the years that can be represented.");
    }

    /// <summary>A payload: a byte string of CBOR as it stands, base64 of JSON decoded into <paramref name="buffer"/>, which grows as needed.</summary>
    public ReadOnlyMemory<byte> Payload(ref byte[] buffer)
    {
        if (Kind == RequestKind.Bytes)
        {
            return document.Slice(Token);
        }

        var base64 = Utf8();
        var most = Base64.GetMaxDecodedFromUtf8Length(base64.Length);
        if (buffer.Length < most)
        {
            buffer = new byte[Math.Max(most, 2 * buffer.Length)];
        }

        return Base64.DecodeFromUtf8(base64, buffer, out _, out var written) == System.Buffers.OperationStatus.Done
            ? buffer.AsMemory(0, written)
            : throw ServiceException.Serialization("A blob is not valid base64.");
    }

    /// <summary>The length of the payload, without decoding it.</summary>
    public int PayloadLength() => Kind == RequestKind.Bytes
        ? Token.Length
        : Base64.IsValid(Utf8(), out var length) ? length : throw ServiceException.Serialization("A blob is not valid base64.");

    private void Require(RequestKind kind, string expected)
    {
        if (Kind != kind)
        {
            throw Mismatch(expected);
        }
    }

    private ServiceException Mismatch(string expected) => ServiceException.Serialization($"{Kind switch
    {
        RequestKind.Integer or RequestKind.Number => "NUMBER_VALUE",
        RequestKind.Boolean => Token.Number != 0 ? "TRUE_VALUE" : "FALSE_VALUE",
        RequestKind.Text => "STRING_VALUE",
        RequestKind.Bytes => "BLOB_VALUE",
        RequestKind.Array => "START_ARRAY",
        RequestKind.Map => "START_OBJECT",
        _ => "NULL_VALUE",
    }} can not be converted to a {expected}");
}
