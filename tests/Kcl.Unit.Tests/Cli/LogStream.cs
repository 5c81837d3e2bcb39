using System.Collections.Concurrent;
using System.Text;
using Kcl.Unit.Tests.Kinesis.Diagnostics;

namespace Kcl.Unit.Tests.Cli;

/// <summary>A destination of logs that records each write, blocks, or fails.</summary>
internal sealed class LogStream : Stream
{
    private readonly ConcurrentQueue<string> _writes = new();

    public Gate Gate { get; } = new();

    /// <summary>Gets or sets the number of bytes of the next write that fit on the disk; null for all.</summary>
    public Func<int?> Room { get; set; } = static () => null;

    /// <summary>Gets the text of each write.</summary>
    public IReadOnlyList<string> Writes => [.. _writes];

    public string Text => string.Concat(_writes);

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        Gate.Pass();
        var room = Room() ?? buffer.Length;
        if (room > 0)
        {
            _writes.Enqueue(Encoding.UTF8.GetString(buffer[..Math.Min(room, buffer.Length)]));
        }

        if (room < buffer.Length)
        {
            throw new IOException("No space left on device");
        }
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
