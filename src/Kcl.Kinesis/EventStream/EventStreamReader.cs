using Kcl.Kinesis.Transport;

namespace Kcl.Kinesis.EventStream;

/// <summary>Takes frames off a stream, each into a buffer of its own size, straight from the connection. Reads nothing ahead but the next frame's first bytes, so a reader who pauses makes the sender pause.</summary>
internal sealed class EventStreamReader(Stream stream, bool pooled) : IAsyncDisposable
{
    private readonly byte[] _ahead = new byte[EventStreamPrelude.Size];
    private int _aheadLength;

    /// <summary>Reads the next frame whole.</summary>
    /// <param name="cancellationToken">Abandons the stream: nothing can be read from it afterwards.</param>
    /// <returns>The frame's bytes, for <see cref="EventStreamFrame.Parse"/>; null at the end of the stream.</returns>
    /// <exception cref="EventStreamException">The bytes are no frame.</exception>
    /// <exception cref="EndOfStreamException">The stream ended within a frame.</exception>
    public async ValueTask<ResponseBody?> ReadAsync(CancellationToken cancellationToken)
    {
        while (_aheadLength < EventStreamPrelude.Size)
        {
            var read = await stream.ReadAsync(_ahead.AsMemory(_aheadLength), cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                return _aheadLength == 0 ? null : throw new EndOfStreamException("The stream ended within an event");
            }

            _aheadLength += read;
        }

        var length = EventStreamPrelude.Parse(_ahead).Length;
        var frame = ResponseBody.Rent(length, EventStreamPrelude.Size, pooled);
        try
        {
            var buffer = frame.WholeBuffer;
            _ahead.CopyTo(buffer);
            var filled = EventStreamPrelude.Size;
            while (filled < length)
            {
                var read = await stream.ReadAsync(buffer[filled..], cancellationToken).ConfigureAwait(false);
                filled += read > 0 ? read : throw new EndOfStreamException("The stream ended within an event");
            }

            _aheadLength = filled - length;
            buffer[length..filled].CopyTo(_ahead);
            return frame;
        }
        catch
        {
            frame.Dispose();
            throw;
        }
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => stream.DisposeAsync();
}
