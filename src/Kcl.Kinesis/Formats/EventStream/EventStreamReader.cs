namespace Kcl.Kinesis.Formats.EventStream;

/// <summary>
/// Reads frames from a stream, each into a buffer of its size. Reads ahead at most the prelude of the next frame, so that the sender pauses
/// when the reader pauses.
/// </summary>
internal sealed class EventStreamReader(Stream stream, bool pooled) : IAsyncDisposable
{
    private readonly byte[] _ahead = new byte[EventStreamPrelude.Size];
    private int _aheadLength;

    /// <summary>Reads the next frame.</summary>
    /// <param name="cancellationToken">Cancels the read; the stream cannot be read afterwards.</param>
    /// <returns>The frame's bytes, for <see cref="EventStreamFrame.Parse"/>; null at the end of the stream.</returns>
    /// <exception cref="EventStreamException">The bytes are not a frame.</exception>
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
