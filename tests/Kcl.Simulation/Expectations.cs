using Kcl.Leasing;

namespace Kcl.Simulation;

/// <summary>Knows which records must be delivered, given the position at which the application started.</summary>
internal sealed class Expectations(SimulatedStream stream, InitialPosition position, Func<DateTimeOffset> now)
{
    private readonly HashSet<(int Generation, ShardId Shard)> _finished = [];
    private DateTimeOffset? _describedAt;

    /// <summary>Records that the application has its first lease, so it has described the stream.</summary>
    public void OnDescribed() => _describedAt ??= now();

    /// <summary>Records that the end of a shard was checkpointed.</summary>
    public void Finished(ShardId shard) => _finished.Add((stream.Generation, shard));

    /// <summary>Returns whether the end of a shard was checkpointed.</summary>
    public bool IsFinished(ShardId shard) => _finished.Contains((stream.Generation, shard));

    /// <summary>Returns the number of records before the first that must be delivered.</summary>
    public int Before(SimulatedShard shard)
    {
        // All records of a re-created stream are new to the application.
        if (stream.Generation > 0 || position.Checkpoint == ExtendedSequenceNumber.TrimHorizon)
        {
            return 0;
        }

        if (position.Timestamp is { } instant)
        {
            return shard.Records.Count(r => r.Arrived < instant);
        }

        // At the tip: the records put after the first reader asked for the tip; if none has, those put after the stream was first
        // described.
        return shard.FirstTip
            ?? (_describedAt is { } describedAt ? shard.Records.Count(r => r.Arrived < describedAt) : shard.Records.Count);
    }

    /// <summary>Returns the number of records, from the first of the shard, that were delivered or need not be.</summary>
    public int Done(SimulatedShard shard) => Math.Max(shard.Delivered, Before(shard));

    /// <summary>Returns whether all records of a shard that must be delivered were delivered, and its end was checkpointed.</summary>
    public bool IsDone(SimulatedShard shard) =>
        Done(shard) == shard.Records.Count && (shard.Shard.IsOpen || IsFinished(shard.Shard.ShardId) || IsOver(shard));

    /// <summary>Returns whether a lease names the current stream, or no stream.</summary>
    public bool IsOfCurrentStream(Lease lease) =>
        !lease.PrivateAttributes.TryGetValue("kclStream", out var identity)
            || identity.EndsWith($"@{stream.CreatedAt.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.fff'Z'}", StringComparison.Ordinal);

    // A shard that was closed before the application described the stream need not be read.
    private bool IsOver(SimulatedShard shard) =>
        stream.Generation == 0
            && position.Checkpoint != ExtendedSequenceNumber.TrimHorizon
            && shard.ClosedAt is { } closed
            && (_describedAt is not { } described || closed <= (position.Timestamp ?? described));
}
