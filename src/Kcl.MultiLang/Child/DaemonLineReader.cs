namespace Kcl.MultiLang.Child;

/// <summary>Reads the daemon's lines, of any length, and detects the end of input even while a line is processed.</summary>
/// <remarks>
/// According to the protocol, only replies to checkpoints arrive during a call. Therefore, if a read that was started before the call
/// returns nothing, the daemon has closed the pipe or exited; <see cref="Ended"/> then asks the processor to stop.
/// </remarks>
/// <param name="input">The stream from the daemon.</param>
internal sealed class DaemonLineReader(Stream input) : IDisposable
{
    private const int InitialSize = 64 * 1024;
    private readonly CancellationTokenSource _ended = new();
    private byte[] _buffer = Allocate(InitialSize);
    private byte[]? _spare;
    private int _start;
    private int _scanned;
    private int _end;
    private int _longest;
    private Task<int>? _reading;

    /// <summary>Gets the token that is canceled when the daemon closes the pipe.</summary>
    public CancellationToken Ended => _ended.Token;

    /// <summary>
    /// Gets a value indicating whether the line that was returned last has no line end: the daemon may have exited while it was writing the
    /// line.
    /// </summary>
    public bool IsCut { get; private set; }

    /// <summary>Reads the next line without its end; blank lines are skipped.</summary>
    /// <returns>
    /// The line, which the caller may overwrite; null at the end of input. It is valid until the next call of any method except
    /// <see cref="Detach"/>.
    /// </returns>
    public async ValueTask<Memory<byte>?> ReadLineAsync()
    {
        while (true)
        {
            var index = _buffer.AsSpan(_scanned, _end - _scanned).IndexOf((byte)'\n');
            if (index >= 0)
            {
                var line = _buffer.AsMemory(_start, _scanned + index - _start);
                _start = _scanned = _scanned + index + 1;
                if (!IsBlank(line.Span))
                {
                    _longest = Math.Max(_longest, line.Length + 1);
                    return line;
                }

                continue;
            }

            _scanned = _end;
            StartReading();
            var read = await _reading!.ConfigureAwait(false);
            _reading = null;
            _end += read;
            if (read == 0)
            {
                // A last line without a line end is a line too.
                var rest = _buffer.AsMemory(_start, _end - _start);
                _start = _scanned = _end;
                IsCut = true;
                return IsBlank(rest.Span) ? default(Memory<byte>?) : rest;
            }
        }
    }

    /// <summary>Transfers the memory of the line that was returned last to the caller.</summary>
    /// <returns>The memory, which can be passed to <see cref="Recycle"/> when it is no longer used.</returns>
    public byte[] Detach()
    {
        var detached = _buffer;
        MoveTo(_spare is not null && _spare.Length >= _end - _start ? _spare : Allocate(Math.Max(InitialSize, _end - _start)));
        _spare = null;
        return detached;
    }

    /// <summary>Accepts memory that a later line can reuse.</summary>
    /// <param name="buffer">The memory.</param>
    public void Recycle(byte[] buffer) => _spare = buffer;

    /// <summary>Starts the next read immediately, so that the end of input is detected.</summary>
    public void StartReading()
    {
        if (_reading is null)
        {
            EnsureSpace();
            _reading = ReadAsync(_buffer.AsMemory(_end));
        }
    }

    public void Dispose() => _ended.Dispose();

    private async Task<int> ReadAsync(Memory<byte> into)
    {
        var read = 0;
        try
        {
            read = await input.ReadAsync(into, CancellationToken.None).ConfigureAwait(false);
        }
        catch (IOException)
        {
            // A broken pipe is the end of input.
        }

        if (read == 0)
        {
            await _ended.CancelAsync().ConfigureAwait(false);
        }

        return read;
    }

    private void EnsureSpace()
    {
        if (_end < _buffer.Length)
        {
            return;
        }

        // Most batches are about as long as the longest one so far; growing to that length in one step avoids repeated copying.
        var wanted = _end - _start <= _buffer.Length / 2
            ? _buffer.Length
            : Math.Max(checked(_buffer.Length * 2), Math.Min(_longest, Array.MaxLength));
        MoveTo(wanted == _buffer.Length ? _buffer : Allocate(wanted));
    }

    private void MoveTo(byte[] to)
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(to);
        _buffer = to;
        _scanned -= _start;
        _end -= _start;
        _start = 0;
    }

    private static byte[] Allocate(int size) => GC.AllocateUninitializedArray<byte>(size);

    private static bool IsBlank(ReadOnlySpan<byte> line) => line.Trim(" \t\r"u8).IsEmpty;
}
