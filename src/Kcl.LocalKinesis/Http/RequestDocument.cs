namespace Kcl.LocalKinesis.Http;

/// <summary>
/// A parsed request: one array of tokens over the bytes of the body. Operations are independent of the encoding, because both encodings are
/// parsed into it. Texts and payloads are slices of the body; nothing is allocated per value.
/// </summary>
internal sealed class RequestDocument(ReadOnlyMemory<byte> body)
{
    private Token[] _tokens = new Token[64];
    private int _count;
    private byte[] _extra = [];
    private int _extraLength;

    /// <summary>Gets the request's only value.</summary>
    public RequestValue Root => new(this, 0);

    internal ref readonly Token this[int index] => ref _tokens[index];

    /// <summary>Adds a value without children and returns its index.</summary>
    internal int Add(RequestKind kind, long number = 0) => Add(new Token { Kind = kind, Number = number });

    /// <summary>Adds a text or payload that is a slice of the body.</summary>
    internal int AddSlice(RequestKind kind, int offset, int length) => Add(new Token { Kind = kind, Offset = offset, Length = length });

    /// <summary>Adds a text or payload that is not a slice of the body, because it had escapes or consisted of chunks.</summary>
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

    /// <summary>Closes a map or array, which contains everything added since it was opened.</summary>
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
