using System.Collections.Immutable;
using Kcl.Kinesis;

namespace Kcl.LocalKinesis.Model;

/// <summary>Splits and merges shards. Pure functions.</summary>
internal static class Resharding
{
    /// <summary>Splits and merges shards, all in the same second.</summary>
    /// <param name="shards">The stream's shards.</param>
    /// <param name="steps">The splits and merges; each shard is in at most one of them.</param>
    /// <param name="dueAt">The time at which the change is due, in milliseconds since the Unix epoch; see <see cref="SwitchAt"/>.</param>
    /// <returns>The shards afterwards, with the parents closed and the children appended.</returns>
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
    /// Returns the time at which the children replace their parents, in milliseconds since the Unix epoch: the first whole second after the
    /// change is due. Sequence numbers contain the start and end of a shard in whole seconds, so parents accept records until the end of
    /// the second in which they are closed.
    /// </summary>
    public static long SwitchAt(ImmutableArray<ShardModel> shards, IReadOnlyList<ReshardStep> steps, long dueAt) =>
        (CloseSecond(shards, steps, dueAt) + 1) * 1000;

    /// <summary>
    /// Returns the next steps towards a number of equal shards, as in the service: a shard that crosses a boundary of the target
    /// shards is split there, and neighbors within one target shard are merged. Empty if the open shards are the target shards.
    /// </summary>
    public static IReadOnlyList<ReshardStep> Next(ImmutableArray<ShardModel> shards, int targetShardCount)
    {
        var targets = HashRanges.Uniform(targetShardCount);
        var open = shards.Where(shard => shard.IsOpen).OrderBy(shard => shard.Range.Start).ToArray();
        var steps = new List<ReshardStep>();
        for (var i = 0; i < open.Length; i++)
        {
            var shard = open[i];
            var boundaries = targets
                .Select(range => range.Start)
                .Where(start => start > shard.Range.Start && start <= shard.Range.End)
                .ToArray();
            if (boundaries.Length > 0)
            {
                // The middle boundary is used first, so that the number of generations grows logarithmically.
                steps.Add(new(shard.Index, boundaries[boundaries.Length / 2], null));
            }
            else if (i + 1 < open.Length && targets.Any(range => Includes(range, shard, open[i + 1])))
            {
                steps.Add(new(shard.Index, null, open[i + 1].Index));
                i++;
            }
        }

        return steps;
    }

    private static bool Includes(HashKeyRange range, ShardModel low, ShardModel high) =>
        range.Contains(low.Range.Start) && range.Contains(high.Range.End);

    private static IEnumerable<int> ParentsOf(ReshardStep step) => step.MergeWith is { } other ? [step.Shard, other] : [step.Shard];

    // A shard is not closed before the end of the second in which it was created.
    private static long CloseSecond(ImmutableArray<ShardModel> shards, IReadOnlyList<ReshardStep> steps, long dueAt) =>
        steps.SelectMany(ParentsOf).Aggregate(dueAt / 1000, (second, index) => Math.Max(second, shards[index].CreateSecond));
}
