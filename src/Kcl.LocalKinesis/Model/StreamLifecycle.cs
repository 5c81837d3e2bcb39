using System.Collections.Immutable;

namespace Kcl.LocalKinesis.Model;

/// <summary>
/// Applies the changes of a stream that have become due. Pure functions: the result depends only on the stream and the time.
/// </summary>
internal static class StreamLifecycle
{
    /// <summary>Returns the stream at a time, with all changes that have taken effect.</summary>
    /// <param name="stream">The stream as it was last changed.</param>
    /// <param name="now">The time, in milliseconds since the Unix epoch.</param>
    /// <returns>The stream at that time; null if it has been deleted.</returns>
    public static StreamModel? At(StreamModel stream, long now)
    {
        while (stream.Pending is { } change)
        {
            var steps = StepsOf(stream, change);
            if (CompletesAt(stream, change, steps) > now)
            {
                break;
            }

            if (change.Kind == ChangeKind.Delete)
            {
                return null;
            }

            stream = Complete(stream, change, steps);
        }

        return stream.Consumers.Any(consumer => consumer.DeletedAt <= now)
            ? stream with { Consumers = stream.Consumers.RemoveAll(consumer => consumer.DeletedAt <= now) }
            : stream;
    }

    /// <summary>
    /// Returns the time at which the next pending change takes effect, in milliseconds since the Unix epoch; <see cref="long.MaxValue"/> if
    /// none is pending.
    /// </summary>
    public static long ChangesAt(StreamModel stream)
    {
        var next = stream.Pending is { } change ? CompletesAt(stream, change, StepsOf(stream, change)) : long.MaxValue;
        return stream.Consumers.Aggregate(next, (earliest, consumer) => Math.Min(earliest, consumer.DeletedAt ?? long.MaxValue));
    }

    /// <summary>Returns the shards that the stream has and those that it will have after the pending change.</summary>
    public static ImmutableArray<ShardModel> GetFutureShards(StreamModel stream) =>
        stream.Pending is { Kind: not ChangeKind.Delete } ? At(stream, long.MaxValue)!.Shards : stream.Shards;

    // A reshard is complete and visible when the children replace the parents. Until then, the parents are open and accept the records, and
    // the stream is UPDATING.
    private static long CompletesAt(StreamModel stream, PendingChange change, IReadOnlyList<ReshardStep> steps) =>
        steps.Count == 0 ? change.DueAt : Resharding.SwitchAt(stream.Shards, steps, change.DueAt);

    private static IReadOnlyList<ReshardStep> StepsOf(StreamModel stream, PendingChange change) => change.Kind switch
    {
        ChangeKind.Split => [new(change.Shard, change.NewStartingHashKey, null)],
        ChangeKind.Merge => [new(change.Shard, null, change.AdjacentShard)],
        ChangeKind.Scale => Resharding.Next(stream.Shards, change.TargetShardCount),
        _ => [],
    };

    private static StreamModel Complete(StreamModel stream, PendingChange change, IReadOnlyList<ReshardStep> steps)
    {
        if (steps.Count == 0)
        {
            return stream with { Pending = null };
        }

        var shards = Resharding.Apply(stream.Shards, steps, change.DueAt);

        // Shards of an intermediate step exist for a second.
        var more = change.Kind == ChangeKind.Scale && Resharding.Next(shards, change.TargetShardCount).Count > 0;
        return stream with { Shards = shards, Pending = more ? change with { DueAt = shards[^1].OpenedAt } : null };
    }
}
