using System.Globalization;
using System.Text.Json;
using Kcl.LocalKinesis.RecordLog;

namespace Kcl.Tests.Shared;

/// <summary>A shard in a listing of the embedded server.</summary>
internal sealed record ListedShard(
    string Id,
    string? Parent,
    string? AdjacentParent,
    UInt128 Start,
    UInt128 End,
    string First,
    string? Last)
{
    public bool IsOpen => Last is null;

    /// <summary>Parses a response of ListShards or DescribeStream.</summary>
    public static IReadOnlyList<ListedShard> Read(JsonElement answer) => [.. answer.GetProperty("Shards").EnumerateArray().Select(shard =>
    {
        var (keys, numbers) = (shard.GetProperty("HashKeyRange"), shard.GetProperty("SequenceNumberRange"));
        return new ListedShard(
            shard.GetProperty("ShardId").GetString()!,
            Optional(shard, "ParentShardId"),
            Optional(shard, "AdjacentParentShardId"),
            UInt128.Parse(keys.GetProperty("StartingHashKey").GetString()!, CultureInfo.InvariantCulture),
            UInt128.Parse(keys.GetProperty("EndingHashKey").GetString()!, CultureInfo.InvariantCulture),
            numbers.GetProperty("StartingSequenceNumber").GetString()!,
            Optional(numbers, "EndingSequenceNumber"));
    })];

    /// <summary>Returns the ids of the child shards of a shard.</summary>
    public static IReadOnlyList<string> ChildrenOf(IReadOnlyList<ListedShard> shards, string id) =>
        [.. shards.Where(shard => shard.Parent == id || shard.AdjacentParent == id).Select(shard => shard.Id)];

    /// <summary>
    /// Returns what is wrong with a complete listing; empty if every hash key has one open shard, and parents match their children.
    /// </summary>
    public static IReadOnlyList<string> Problems(IReadOnlyList<ListedShard> shards)
    {
        var problems = new List<string>();
        var byId = shards.ToDictionary(shard => shard.Id);
        UInt128 covered = 0;
        var complete = false;
        foreach (var shard in shards.Where(shard => shard.IsOpen).OrderBy(shard => shard.Start))
        {
            Check(
                !complete && shard.Start == covered,
                $"the open shards do not cover the keys from {covered} on: {shard.Id} begins at {shard.Start}");
            complete = shard.End == UInt128.MaxValue;
            covered = shard.End + 1;
        }

        Check(complete, "the open shards do not cover the last keys");
        foreach (var shard in shards)
        {
            Check(shard.IsOpen || ChildrenOf(shards, shard.Id).Count > 0, $"{shard.Id} is closed and has no children");
            foreach (var id in new[] { shard.Parent, shard.AdjacentParent }.OfType<string>())
            {
                // A parent whose records have expired is not listed.
                if (byId.TryGetValue(id, out var parent))
                {
                    Check(parent.Last is not null, $"{id} is open and has the child {shard.Id}");
                    Check(parent.Last is null || string.CompareOrdinal(parent.First, parent.Last) < 0, $"{id} ends before it begins");
                    Check(parent.Last is null || SecondOf(parent.Last) < SecondOf(shard.First), $"{shard.Id} begins before {id} ends");
                    Check(shard.Start <= parent.End && parent.Start <= shard.End, $"{shard.Id} has none of the keys of {id}");
                }
            }
        }

        return problems;

        void Check(bool ok, string problem)
        {
            if (!ok)
            {
                problems.Add(problem);
            }
        }
    }

    /// <summary>Returns the time in a sequence number, in seconds.</summary>
    public static long SecondOf(string number)
    {
        Assert.True(SequenceParts.TryParse(number, out var parts), number);
        return parts.Second;
    }

    private static string? Optional(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) ? value.GetString() : null;
}
