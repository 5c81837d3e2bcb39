using Kcl.Leasing;

namespace Kcl.Simulation;

/// <summary>Knows which records must be delivered, given the position at which the application started.</summary>
internal sealed class Expectations(SimulatedStream stream, InitialPosition position, Func<DateTimeOffset> now)
{
    private readonly HashSet<(int Generation, ShardId Shard)> _finished = [];
    private DateTimeOffset? _lookedAt;

    /// <summary>The application has its first lease: it has looked at the stream by now.</summary>
    public void Looked() => _lookedAt ??= now();

    /// <summary>A shard's end was checkpointed.</summary>
    public void Finished(ShardId shard) => _finished.Add((stream.Generation, shard));

    /// <summary>Whether a shard's end was checkpointed.</summary>
    public bool IsFinished(ShardId shard) => _finished.Contains((stream.Generation, shard));

    /// <summary>Returns the number of records before the first that must be delivered.</summary>
    public int Before(SimulatedShard shard)
    {
        // A stream that was created again is new to the application as a whole.
        if (stream.Generation > 0 || position.Checkpoint == ExtendedSequenceNumber.TrimHorizon)
        {
            return 0;
        }

        if (position.Timestamp is { } instant)
        {
            return shard.Records.Count(r => r.Arrived < instant);
        }

        // At the tip: what is put after the first reader has asked for it; after the first look, where nobody has.
        return shard.FirstTip ?? (_lookedAt is { } lookedAt ? shard.Records.Count(r => r.Arrived < lookedAt) : shard.Records.Count);
    }

    /// <summary>How many records, from the shard's first on, need not be delivered any more.</summary>
    public int Done(SimulatedShard shard) => Math.Max(shard.Delivered, Before(shard));

    /// <summary>Returns whether all records of a shard that must be delivered were delivered, and its end was checkpointed.</summary>
    public bool IsDone(SimulatedShard shard) =>
        Done(shard) == shard.Records.Count && (shard.Shard.IsOpen || IsFinished(shard.Shard.ShardId) || IsOver(shard));

    /// <summary>Whether a lease says that it belongs to the present stream, or does not say to which.</summary>
    public bool IsOfPresentStream(Lease lease) =>
        !lease.PrivateAttributes.TryGetValue("kclStream", out var identity)
            || identity.EndsWith($"@{stream.CreatedAt.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.fff'Z'}", StringComparison.Ordinal);

    // A shard that was closed before the application looked is nothing to it.
    private bool IsOver(SimulatedShard shard) =>
        stream.Generation == 0
            && position.Checkpoint != ExtendedSequenceNumber.TrimHorizon
            && shard.ClosedAt is { } closed
            && (_lookedAt is not { } looked || closed <= (position.Timestamp ?? looked));
}
