using System.Buffers;
using System.Net.Http.Headers;

namespace Kcl.Kinesis.Transport;

/// <summary>The whole body of an answer in one buffer. Whoever keeps slices of it takes it over; else it goes back to the pool it came from.</summary>
internal sealed class ResponseBody : IDisposable
{
    /// <summary>More than any answer can have: 10 MiB of payload, in base64, with 10000 long partition keys.</summary>
    public const int MaxLength = 64 * 1024 * 1024;

    private const int FirstGuess = 16 * 1024;
    private readonly bool _pooled;
    private byte[]? _buffer;
    private int _room;

    private ResponseBody(byte[] buffer, int length, bool pooled) => (_buffer, Length, _pooled) = (buffer, length, pooled);

    /// <summary>How many bytes the answer has.</summary>
    public int Length { get; }

    /// <summary>The bytes; they may be changed by whoever decodes them in place.</summary>
    public Memory<byte> Memory => (_buffer ?? throw new ObjectDisposedException(nameof(ResponseBody))).AsMemory(0, Length);

    /// <summary>The bytes and the room behind them.</summary>
    public Memory<byte> WholeBuffer => (_buffer ?? throw new ObjectDisposedException(nameof(ResponseBody))).AsMemory(0, Length + _room);

    /// <summary>Makes a buffer for bytes that are still to come.</summary>
    /// <param name="length">How many.</param>
    /// <param name="room">How many more there is to be room for.</param>
    /// <param name="pooled">Whether the buffer is rented.</param>
    public static ResponseBody Rent(int length, int room, bool pooled) => new(Rent(length + room, pooled), length, pooled) { _room = room };

    /// <summary>Reads a body, straight from the connection into the buffer where the answer says how long it is.</summary>
    /// <param name="content">The answer's content.</param>
    /// <param name="pooled">Whether the buffer is rented.</param>
    /// <param name="cancellationToken">Abandons the reading.</param>
    /// <exception cref="InvalidDataException">The body is longer than any answer can be.</exception>
    public static async ValueTask<ResponseBody> ReadAsync(HttpContent content, bool pooled, CancellationToken cancellationToken)
    {
        var expected = ExpectedLength(content.Headers);
        if (expected == 0)
        {
            return new([], 0, pooled: false);
        }

        var stream = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using var closing = stream.ConfigureAwait(false);
        var buffer = Rent(expected ?? FirstGuess, pooled);
        var filled = 0;
        try
        {
            while (filled != expected)
            {
                if (filled == buffer.Length)
                {
                    buffer = Grow(buffer, filled, pooled);
                }

                var room = buffer.AsMemory(filled, (expected ?? buffer.Length) - filled);
                var read = await stream.ReadAsync(room, cancellationToken).ConfigureAwait(false);
                if (read == 0)
                {
                    break;
                }

                filled += read;
            }
        }
        catch
        {
            Return(buffer, pooled);
            throw;
        }

        return expected is { } length && filled < length
            ? throw new EndOfStreamException($"The answer ended after {filled} of {length} bytes")
            : new(buffer, filled, pooled);
    }

    /// <summary>Makes whoever calls the owner: <see cref="Dispose"/> of the one who read the body then leaves the buffer alone.</summary>
    /// <returns>The same bytes, for the new owner to dispose.</returns>
    public ResponseBody TakeOver()
    {
        var buffer = Interlocked.Exchange(ref _buffer, null) ?? throw new ObjectDisposedException(nameof(ResponseBody));
        return new(buffer, Length, _pooled);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _buffer, null) is { } buffer)
        {
            Return(buffer, _pooled);
        }
    }

    private static int? ExpectedLength(HttpContentHeaders headers) => headers.ContentLength switch
    {
        > MaxLength and var length => throw new InvalidDataException($"it has {length} bytes, more than any answer"),
        var length => (int?)length,
    };

    private static byte[] Grow(byte[] buffer, int filled, bool pooled)
    {
        if (filled >= MaxLength)
        {
            throw new InvalidDataException($"it has more than {MaxLength} bytes, more than any answer");
        }

        var larger = Rent(Math.Min(MaxLength, buffer.Length * 2), pooled);
        buffer.AsSpan(0, filled).CopyTo(larger);
        Return(buffer, pooled);
        return larger;
    }

    private static byte[] Rent(int length, bool pooled) => pooled ? ArrayPool<byte>.Shared.Rent(length) : GC.AllocateUninitializedArray<byte>(length);

    private static void Return(byte[] buffer, bool pooled)
    {
        if (pooled)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
