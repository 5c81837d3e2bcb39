using System.Buffers;
using System.Text;

namespace Kcl.MultiLang.Protocol;

/// <summary>
/// Splits the output of a child into lines of limited length. A line ends with <c>\n</c>, <c>\r</c> or <c>\r\n</c>. Empty lines are not
/// returned; the line that follows shows that there was one.
/// </summary>
/// <param name="maxLength">The maximum length of a line that is returned as a whole, in bytes.</param>
/// <param name="splitLongLines">True to return a longer line in pieces; false to drop the rest of the line.</param>
internal sealed class LineSplitter(int maxLength, bool splitLongLines = false)
{
    private const int ReadSize = 4096;
    private const int MaxUtf8Length = 4;
    private static readonly SearchValues<byte> LineEnds = SearchValues.Create("\r\n"u8);

    private byte[] _buffer = new byte[ReadSize];
    private int _start;
    private int _scanned;
    private int _end;
    private bool _ended;

    // A part of a line was returned: the rest of the line is dropped, or returned as further pieces.
    private bool _inLine;
    private bool _afterCarriageReturn;
    private bool _afterEmptyLine;

    /// <summary>Gets a value indicating whether a part of an unfinished line can be returned.</summary>
    public bool HasUnfinished => _end > _start && !(_inLine && !splitLongLines);

    /// <summary>Returns the memory for the next bytes; valid until the next call of this method.</summary>
    public Memory<byte> GetRoom()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _scanned -= _start;
            _end -= _start;
            _start = 0;
        }

        if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }
        else if (_end == 0 && _buffer.Length > ReadSize)
        {
            _buffer = new byte[ReadSize];
        }

        return _buffer.AsMemory(_end);
    }

    /// <summary>Adds bytes that were written to the memory of <see cref="GetRoom"/>.</summary>
    /// <param name="count">The number of bytes; 0 for the end of the output, which also ends the last line.</param>
    public void Add(int count)
    {
        _end += count;
        _ended |= count == 0;
    }

    /// <summary>Takes the next line, or a piece of one.</summary>
    /// <param name="line">The line.</param>
    /// <returns>True if there is a line; otherwise, false.</returns>
    public bool TryTake(out OutputLine line)
    {
        while (true)
        {
            if (_afterCarriageReturn && _start < _end)
            {
                // The second half of \r\n may arrive later than the first.
                _start += _buffer[_start] == '\n' ? 1 : 0;
                _scanned = Math.Max(_scanned, _start);
                _afterCarriageReturn = false;
            }

            var index = _buffer.AsSpan(_scanned, _end - _scanned).IndexOfAny(LineEnds);
            var length = (index < 0 ? _end : _scanned + index) - _start;
            if (splitLongLines && length > maxLength)
            {
                line = TakePiece(CharacterBoundary(_buffer.AsSpan(_start, maxLength)));
                return true;
            }

            if (index < 0 && !_ended && (splitLongLines || length < maxLength))
            {
                _scanned = _end;
                line = default;
                return false;
            }

            var isCut = index < 0 && !_ended;
            if (TryFinish(length, isCut, out line))
            {
                return true;
            }

            if (index < 0)
            {
                return false;
            }
        }
    }

    /// <summary>Takes the part of an unfinished line that has arrived, without an incomplete character at its end.</summary>
    /// <param name="line">The part.</param>
    /// <returns>True if there is such a part; otherwise, false.</returns>
    public bool TryTakeUnfinished(out OutputLine line)
    {
        line = default;
        var length = HasUnfinished ? CharacterBoundary(_buffer.AsSpan(_start, Math.Min(_end - _start, maxLength))) : 0;
        if (length == 0)
        {
            return false;
        }

        line = TakePiece(length);
        return true;
    }

    /// <summary>Skips a line including its end, or the part of it that has arrived.</summary>
    /// <returns>True if there is a line to return; otherwise, false.</returns>
    private bool TryFinish(int length, bool isCut, out OutputLine line)
    {
        var text = _buffer.AsMemory(_start, Math.Min(length, maxLength));
        var isEmpty = length == 0 && !_inLine;
        var isReturned = length > 0 && (!_inLine || splitLongLines);
        line = isReturned ? new(text, Before(), !_inLine && !isCut && length <= maxLength) : default;
        _start += length;
        if (isCut)
        {
            _inLine = true;
        }
        else
        {
            _afterEmptyLine = isEmpty;
            _inLine = false;
            if (_start < _end)
            {
                _afterCarriageReturn = _buffer[_start] == '\r';
                _start++;
            }
        }

        _scanned = _start;
        return isReturned;
    }

    private OutputLine TakePiece(int length)
    {
        var piece = new OutputLine(_buffer.AsMemory(_start, length), Before(), false);
        _start += length;
        _scanned = Math.Max(_scanned, _start);
        _inLine = true;
        _afterEmptyLine = false;
        return piece;
    }

    private LineBefore Before() => _afterEmptyLine && !_inLine ? LineBefore.EmptyLine : LineBefore.Text;

    /// <summary>Returns the length of a text without an incomplete character at its end.</summary>
    private static int CharacterBoundary(ReadOnlySpan<byte> text)
    {
        for (var back = 1; back < MaxUtf8Length && back <= text.Length; back++)
        {
            var b = text[^back];
            if ((b & 0xC0) == 0x80)
            {
                continue;
            }

            var needed = b switch { >= 0xF0 => 4, >= 0xE0 => 3, >= 0xC0 => 2, _ => 1 };
            var isCut = needed > back && Rune.DecodeFromUtf8(text[^back..], out _, out _) == OperationStatus.NeedMoreData;
            return isCut ? text.Length - back : text.Length;
        }

        return text.Length;
    }
}
