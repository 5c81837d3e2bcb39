using System.Buffers;

namespace Kcl.MultiLang.Protocol;

/// <summary>Reads lines of bounded length from a child: <c>\n</c>, <c>\r</c> and <c>\r\n</c> end one, as does the end of the stream.</summary>
/// <remarks>What a line has beyond the cap is dropped, so that a child that never ends its line costs no memory.</remarks>
internal sealed class LineReader(Stream input, int maxLineLength)
{
    private const int ReadSize = 4096;
    private static readonly SearchValues<byte> LineEnds = SearchValues.Create("\r\n"u8);

    private byte[] _buffer = new byte[ReadSize];
    private int _start;
    private int _scanned;
    private int _end;
    private bool _ended;
    private bool _dropping;

    /// <summary>Whether the line last returned was cut at the cap.</summary>
    public bool WasTruncated { get; private set; }

    /// <summary>Reads one line without its end; empty ones are skipped.</summary>
    /// <param name="cancellationToken">Abandons the read; the reader is then unusable.</param>
    /// <returns>The line, valid until the next call; null at the end.</returns>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadLineAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (TryTakeLine(out var line))
            {
                return line;
            }

            if (_ended)
            {
                return null;
            }

            MakeRoom();
            var read = await input.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
            _end += read;
            _ended = read == 0;
        }
    }

    private bool TryTakeLine(out ReadOnlyMemory<byte> line)
    {
        while (true)
        {
            var index = _buffer.AsSpan(_scanned, _end - _scanned).IndexOfAny(LineEnds);
            var length = (index < 0 ? _end : _scanned + index) - _start;
            if (index < 0 && !_ended && length < maxLineLength)
            {
                _scanned = _end;
                line = default;
                return false;
            }

            var capped = length >= maxLineLength && index < 0;
            var skip = _dropping;
            WasTruncated = capped || length > maxLineLength;
            line = _buffer.AsMemory(_start, Math.Min(length, maxLineLength));
            _dropping = capped && !_ended;
            _start += length + (index < 0 ? 0 : 1);
            _scanned = _start;
            if (!skip && length > 0)
            {
                return true;
            }

            if (index < 0)
            {
                return false;
            }
        }
    }

    private void MakeRoom()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_scanned, _end, _start) = (_scanned - _start, _end - _start, 0);
        }

        if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }
        else if (_end == 0 && _buffer.Length > ReadSize)
        {
            _buffer = new byte[ReadSize];
        }
    }
}
