using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using Kcl.MultiLang.Child;

namespace Kcl.Conformance.Tests.MultiLang;

/// <summary>Runs the C# child on two pipes. The test controls the daemon's ends of the pipes.</summary>
internal sealed class ChildHarness : IAsyncDisposable
{
    private readonly Pipe _toChild = new(new(pauseWriterThreshold: 0));
    private readonly Pipe _toDaemon = new(new(pauseWriterThreshold: 0));
    private readonly StreamReader _lines;
    private readonly BreakableStream _output;
    private readonly StringWriter _log = new(CultureInfo.InvariantCulture);
    private readonly ChildLoop _loop;

    public ChildHarness(IShardRecordProcessor processor, KclProcessOptions? options = null)
        : this(new SingleProcessor(processor), options)
    {
    }

    public ChildHarness(IShardRecordProcessorFactory factory, KclProcessOptions? options = null)
    {
        _lines = new(_toDaemon.Reader.AsStream());
        _output = new(_toDaemon.Writer.AsStream());
        _loop = new(factory, options?.ReuseRecordBuffers ?? false, _toChild.Reader.AsStream(), _output, _log);
        Exit = RunAsync();
    }

    public Task<int> Exit { get; }

    public string Log => _log.ToString();

    public async Task SendAsync(string line, string end = "\n") => await _toChild.Writer.WriteAsync(Encoding.UTF8.GetBytes(line + end));

    /// <summary>Stops reading what the child writes.</summary>
    public void BreakOutput() => _output.IsBroken = true;

    public void CloseInput() => _toChild.Writer.Complete();

    /// <summary>Returns the child's next line that is not empty; null if the child has ended.</summary>
    public async Task<string?> ReceiveAsync()
    {
        while (true)
        {
            var line = await _lines.ReadLineAsync();
            if (line is not "")
            {
                return line;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        CloseInput();
        await Exit;
        _loop.Dispose();
        _lines.Dispose();
    }

    private async Task<int> RunAsync()
    {
        await Task.Yield();
        try
        {
            return await _loop.RunAsync();
        }
        finally
        {
            await _toDaemon.Writer.CompleteAsync();
        }
    }

    private sealed class BreakableStream(Stream inner) : Stream
    {
        public bool IsBroken { get; set; }

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            IsBroken ? throw new IOException("Broken pipe") : inner.WriteAsync(buffer, cancellationToken);

        public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
