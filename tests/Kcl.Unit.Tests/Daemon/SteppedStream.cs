using System.Threading.Channels;

namespace Kcl.Unit.Tests.Daemon;

/// <summary>
/// A stream of which each read returns what the test gives next, so that the test knows when that was dealt with: at the read after it.
/// </summary>
internal sealed class SteppedStream : MemoryStream
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly Channel<byte[]> _given = Channel.CreateUnbounded<byte[]>();
    private readonly SemaphoreSlim _reads = new(0);

    /// <summary>Waits for the next read and answers it. Returns when the answer was dealt with; an empty one is the end.</summary>
    public async Task GiveAsync(byte[] bytes)
    {
        Assert.True(await _reads.WaitAsync(Patience));
        await _given.Writer.WriteAsync(bytes);
        if (bytes.Length > 0)
        {
            Assert.True(await _reads.WaitAsync(Patience));
            _reads.Release();
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _reads.Release();
        var bytes = await _given.Reader.ReadAsync(cancellationToken);
        bytes.CopyTo(buffer);
        return bytes.Length;
    }

    protected override void Dispose(bool disposing)
    {
        _reads.Dispose();
        base.Dispose(disposing);
    }
}
