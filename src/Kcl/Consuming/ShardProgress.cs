namespace Kcl.Consuming;

/// <summary>
/// Tracks the progress of a shard: its status, and the number of failures without progress. Written by the shard's task, read from any
/// thread.
/// </summary>
internal sealed class ShardProgress
{
    private readonly Lock _gate = new();
    private ShardConsumerState _state;
    private long? _millisBehindLatest;
    private long _records;
    private long _bytes;
    private ExtendedSequenceNumber? _delivered;
    private int _restarts;
    private ExtendedSequenceNumber? _furthest;

    /// <summary>Gets or sets the number of failures since the last progress. Used by the shard's task only.</summary>
    public int Failures { get; set; }

    /// <summary>Gets the status.</summary>
    public ShardConsumerStatus Status
    {
        get { lock (_gate) { return new(_state, _millisBehindLatest, _records, _bytes, _delivered, _restarts); } }
    }

    /// <summary>Gets the state.</summary>
    public ShardConsumerState State
    {
        get { lock (_gate) { return _state; } }
    }

    /// <summary>Sets the state.</summary>
    public void Enter(ShardConsumerState state)
    {
        lock (_gate)
        {
            _state = state;
        }
    }

    /// <summary>Records that the delivery of a batch begins.</summary>
    public void OnDelivering(ExtendedSequenceNumber? last, long? millisBehindLatest)
    {
        lock (_gate)
        {
            _delivered = last ?? _delivered;
            _millisBehindLatest = millisBehindLatest ?? _millisBehindLatest;
        }
    }

    /// <summary>
    /// Records that a batch was processed. Only records that were not processed before count as progress. Records that are processed again
    /// after a failure do not.
    /// </summary>
    /// <param name="records">The number of records.</param>
    /// <param name="bytes">The payload of the records, in bytes.</param>
    /// <param name="last">The position of the last record; null for an empty batch.</param>
    /// <param name="hadFailed">Whether this batch had failed before.</param>
    public void OnProcessed(int records, long bytes, ExtendedSequenceNumber? last, bool hadFailed)
    {
        lock (_gate)
        {
            _records += records;
            _bytes += bytes;
        }

        if (last is null ? hadFailed : _furthest is not { } furthest || last > furthest)
        {
            _furthest = last ?? _furthest;
            Failures = 0;
        }
    }

    /// <summary>Records that the processor was replaced.</summary>
    public void OnReplaced()
    {
        lock (_gate)
        {
            _restarts++;
        }
    }
}
