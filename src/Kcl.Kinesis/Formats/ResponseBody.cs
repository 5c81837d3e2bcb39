using System.Buffers;

namespace Kcl.Kinesis.Formats;

/// <summary>
/// A whole body in one buffer. Code that keeps slices of the body takes ownership of it; otherwise the buffer is returned to its pool.
/// </summary>
internal sealed class ResponseBody : IDisposable
{
    private readonly bool _pooled;
    private readonly int _reserve;
    private byte[]? _buffer;

    private ResponseBody(byte[] buffer, int length, int reserve, bool pooled)
    {
        _buffer = buffer;
        _reserve = reserve;
        _pooled = pooled;
        Length = length;
    }

    /// <summary>Gets the number of bytes of the body.</summary>
    public int Length { get; private set; }

    /// <summary>Gets the body. Decoders may change it in place.</summary>
    public Memory<byte> Memory => Buffer.AsMemory(0, Length);

    /// <summary>Gets the body and the reserved bytes after it.</summary>
    public Memory<byte> WholeBuffer => Buffer.AsMemory(0, Length + _reserve);

    private byte[] Buffer => _buffer ?? throw new ObjectDisposedException(nameof(ResponseBody));

    /// <summary>Creates a buffer for bytes that will be read.</summary>
    /// <param name="length">The number of bytes.</param>
    /// <param name="reserve">The number of reserved bytes after them.</param>
    /// <param name="pooled">True if the buffer is rented from the pool.</param>
    public static ResponseBody Rent(int length, int reserve, bool pooled)
    {
        var size = length + reserve;
        return new(pooled ? ArrayPool<byte>.Shared.Rent(size) : GC.AllocateUninitializedArray<byte>(size), length, reserve, pooled);
    }

    /// <summary>Shortens the body to the bytes that were read.</summary>
    /// <param name="length">The number of bytes.</param>
    public void Truncate(int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length);
        Length = length;
    }

    /// <summary>Transfers ownership to the caller. <see cref="Dispose"/> of this instance then has no effect.</summary>
    /// <returns>The same bytes, for the new owner to dispose.</returns>
    public ResponseBody TakeOver()
    {
        var buffer = Interlocked.Exchange(ref _buffer, null) ?? throw new ObjectDisposedException(nameof(ResponseBody));
        return new(buffer, Length, _reserve, _pooled);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _buffer, null) is { } buffer && _pooled)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
