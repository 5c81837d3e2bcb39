namespace Kcl.Kinesis;

/// <summary>
/// The records of one shard that one response or event contained. <see cref="Dispose"/> returns the buffer if the request specified a
/// pooled one; otherwise it has no effect.
/// </summary>
public abstract class RecordsResult : IDisposable
{
    private IDisposable? _buffer;

    private protected RecordsResult(IDisposable? buffer) => _buffer = buffer;

    /// <summary>Gets the records, in shard order; there may be none.</summary>
    public required IReadOnlyList<KinesisRecord> Records { get; init; }

    /// <summary>Gets how far the records are behind the tip of the shard, in milliseconds; null if the server did not send it.</summary>
    public long? MillisBehindLatest { get; init; }

    /// <summary>Gets the shards that continue this one; empty unless the shard has ended. Some servers never send child shards.</summary>
    public IReadOnlyList<ChildShard> ChildShards { get; init; } = [];

    /// <summary>Gets the size of the buffer that the records refer to, in bytes.</summary>
    public int ByteCount { get; init; }

    /// <summary>Gets a value indicating whether the shard has no records after these.</summary>
    public abstract bool IsEndOfShard { get; }

    /// <summary>Returns the buffer to its pool. The records are not valid afterwards.</summary>
    public void Dispose()
    {
        Interlocked.Exchange(ref _buffer, null)?.Dispose();
        GC.SuppressFinalize(this);
    }
}
