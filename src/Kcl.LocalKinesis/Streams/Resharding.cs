using System.Collections.Immutable;
using Kcl.Kinesis;

namespace Kcl.LocalKinesis.Streams;

/// <summary>One step of resharding: a shard is split, or two neighbours are merged.</summary>
/// <param name="Shard">The shard.</param>
/// <param name="SplitAt">Where the second child begins; null for a merge.</param>
/// <param name="MergeWith">The other shard of a merge.</param>
internal readonly record struct ReshardStep(int Shard, UInt128? SplitAt, int? MergeWith);

/// <summary>How shards become other shards. Pure.</summary>
internal static class Resharding
{
    /// <summary>Splits and merges shards, all in the same second.</summary>
    /// <param name="shards">The stream's shards.</param>
    /// <param name="steps">What is done, each shard at most once.</param>
    /// <param name="dueAt">When it is due, in milliseconds since the epoch. The children take over at <see cref="SwitchAt"/>.</param>
    /// <returns>The shards afterwards: parents closed, children appended.</returns>
    public static ImmutableArray<ShardModel> Apply(ImmutableArray<ShardModel> shards, IReadOnlyList<ReshardStep> steps, long dueAt)
    {
        var close = CloseSecond(shards, steps, dueAt);
        var create = close + 1;
        var result = shards.ToBuilder();
        foreach (var index in steps.SelectMany(ParentsOf))
        {
            result[index] = result[index] with { CloseSecond = close };
        }

        foreach (var (index, splitAt, mergeWith) in steps)
        {
            var range = shards[index].Range;
            if (splitAt is { } key)
            {
                Add(new(range.Start, key - 1), index, null);
                Add(new(key, range.End), index, null);
            }
            else if (mergeWith is { } other)
            {
                var adjacent = shards[other].Range;
                Add(new(UInt128.Min(range.Start, adjacent.Start), UInt128.Max(range.End, adjacent.End)), index, other);
            }
        }

        return result.ToImmutable();

        void Add(HashKeyRange range, int parent, int? adjacentParent) =>
            result.Add(new(result.Count, range, create, create * 1000, null, parent, adjacentParent));
    }

    /// <summary>
    /// The instant at which the children take over from their parents: the first whole second after the change is due. Sequence numbers
    /// state a shard's beginning and end in whole seconds, so parents take records to the end of the second in which they are closed.
    /// </summary>
    public static long SwitchAt(ImmutableArray<ShardModel> shards, IReadOnlyList<ReshardStep> steps, long dueAt) =>
        (CloseSecond(shards, steps, dueAt) + 1) * 1000;

    /// <summary>
    /// What to do next on the way to a number of equal shards, as the service does it: a shard that reaches over a border of the wanted ones is split there,
    /// neighbours within one wanted shard are merged. Empty when the open shards are the wanted ones.
    /// </summary>
    public static IReadOnlyList<ReshardStep> Next(ImmutableArray<ShardModel> shards, int targetShardCount)
    {
        var wanted = HashRanges.Uniform(targetShardCount);
        var open = shards.Where(shard => shard.IsOpen).OrderBy(shard => shard.Range.Start).ToArray();
        var steps = new List<ReshardStep>();
        for (var i = 0; i < open.Length; i++)
        {
            var shard = open[i];
            var inside = wanted.Select(range => range.Start).Where(start => start > shard.Range.Start && start <= shard.Range.End).ToArray();
            if (inside.Length > 0)
            {
                // The middle one first, so that the number of generations grows with the logarithm.
                steps.Add(new(shard.Index, inside[inside.Length / 2], null));
            }
            else if (i + 1 < open.Length && wanted.Any(range => range.Contains(shard.Range.Start) && range.Contains(open[i + 1].Range.End)))
            {
                steps.Add(new(shard.Index, null, open[i + 1].Index));
                i++;
            }
        }

        return steps;
    }

    private static IEnumerable<int> ParentsOf(ReshardStep step) => step.MergeWith is { } other ? [step.Shard, other] : [step.Shard];

    // A shard is never closed before the second in which it was created is over.
    private static long CloseSecond(ImmutableArray<ShardModel> shards, IReadOnlyList<ReshardStep> steps, long dueAt) =>
        steps.SelectMany(ParentsOf).Aggregate(dueAt / 1000, (second, index) => Math.Max(second, shards[index].CreateSecond));
}
