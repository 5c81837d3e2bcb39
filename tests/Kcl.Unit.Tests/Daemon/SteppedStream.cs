using System.Threading.Channels;

namespace Kcl.Unit.Tests.Daemon;

/// <summary>
/// A stream whose reads return the bytes that the test provides. The next read shows the test that the bytes were processed.
/// </summary>
internal sealed class SteppedStream : MemoryStream
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(20);
    private readonly Channel<byte[]> _given = Channel.CreateUnbounded<byte[]>();
    private readonly SemaphoreSlim _reads = new(0);

    /// <summary>Waits for the next read and answers it. Returns when the bytes were processed. An empty array ends the stream.</summary>
    public async Task GiveAsync(byte[] bytes)
    {
        Assert.True(await _reads.WaitAsync(MaxWait));
        await _given.Writer.WriteAsync(bytes);
        if (bytes.Length > 0)
        {
            Assert.True(await _reads.WaitAsync(MaxWait));
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
