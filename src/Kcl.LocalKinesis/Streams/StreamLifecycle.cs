using System.Collections.Immutable;

namespace Kcl.LocalKinesis.Streams;

/// <summary>What becomes of a stream as time passes. Pure: the same stream at the same instant is always the same.</summary>
internal static class StreamLifecycle
{
    /// <summary>The stream as it is at an instant.</summary>
    /// <param name="stream">The stream as it was written down.</param>
    /// <param name="now">The instant, in milliseconds since the epoch.</param>
    /// <returns>The stream then; null once it is deleted.</returns>
    public static StreamModel? At(StreamModel stream, long now)
    {
        while (stream.Pending is { } change && change.DueAt <= now)
        {
            if (change.Kind == ChangeKind.Delete)
            {
                return null;
            }

            stream = Complete(stream, change);
        }

        return stream.Consumers.Any(consumer => consumer.GoneAt <= now)
            ? stream with { Consumers = stream.Consumers.RemoveAll(consumer => consumer.GoneAt <= now) }
            : stream;
    }

    private static StreamModel Complete(StreamModel stream, PendingChange change) => change.Kind switch
    {
        ChangeKind.Split => stream with { Pending = null, Shards = Resharding.Apply(stream.Shards, [new(change.Shard, change.NewStartingHashKey, null)], change.DueAt) },
        ChangeKind.Merge => stream with { Pending = null, Shards = Resharding.Apply(stream.Shards, [new(change.Shard, null, change.AdjacentShard)], change.DueAt) },
        ChangeKind.Scale => Scale(stream, change),
        _ => stream with { Pending = null },
    };

    private static StreamModel Scale(StreamModel stream, PendingChange change)
    {
        var steps = Resharding.Next(stream.Shards, change.TargetShardCount);
        if (steps.Count == 0)
        {
            return stream with { Pending = null };
        }

        var shards = Resharding.Apply(stream.Shards, steps, change.DueAt);

        // Shards that are only a step on the way live for a second: what follows waits until they take records.
        var more = Resharding.Next(shards, change.TargetShardCount).Count > 0;
        return stream with { Shards = shards, Pending = more ? change with { DueAt = shards[^1].OpenedAt } : null };
    }
}
