namespace Kcl.Consuming;

/// <summary>How a shard is getting on: what its status shows, and whether failures are still failures in a row. Written by the shard's task, read by anyone.</summary>
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

    /// <summary>Failures since the last progress. Read and written by the shard's task only.</summary>
    public int Failures { get; set; }

    public ShardConsumerStatus Status
    {
        get { lock (_gate) { return new(_state, _millisBehindLatest, _records, _bytes, _delivered, _restarts); } }
    }

    public ShardConsumerState State
    {
        get { lock (_gate) { return _state; } }
    }

    public void Enter(ShardConsumerState state)
    {
        lock (_gate)
        {
            _state = state;
        }
    }

    /// <summary>A batch is about to be handed over.</summary>
    public void Delivering(ExtendedSequenceNumber? last, long? millisBehindLatest)
    {
        lock (_gate)
        {
            _delivered = last ?? _delivered;
            _millisBehindLatest = millisBehindLatest ?? _millisBehindLatest;
        }
    }

    /// <summary>A batch was processed. Only what was never processed before is progress: the replay of a suffix that then fails again is not.</summary>
    /// <param name="records">How many records it had.</param>
    /// <param name="bytes">Their payload bytes.</param>
    /// <param name="last">The position of the last; null for an empty batch.</param>
    /// <param name="hadFailed">Whether this very batch had failed before.</param>
    public void Processed(int records, long bytes, ExtendedSequenceNumber? last, bool hadFailed)
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

    public void Replaced()
    {
        lock (_gate)
        {
            _restarts++;
        }
    }
}
