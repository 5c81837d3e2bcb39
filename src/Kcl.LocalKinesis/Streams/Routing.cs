using System.Collections.Immutable;

namespace Kcl.LocalKinesis.Streams;

/// <summary>Which shard takes a record. Pure.</summary>
internal sealed class Routing
{
    private readonly UInt128[] _starts;
    private readonly int[] _indexes;

    private Routing(UInt128[] starts, int[] indexes, long validUntil) => (_starts, _indexes, ValidUntil) = (starts, indexes, validUntil);

    /// <summary>The first instant at which other shards may take records, in milliseconds since the epoch.</summary>
    public long ValidUntil { get; }

    /// <summary>Works out which shard takes what at an instant.</summary>
    public static Routing At(ImmutableArray<ShardModel> shards, long now)
    {
        var taking = shards.Where(shard => shard.OpenedAt <= now && now < shard.RoutedUntil).OrderBy(shard => shard.Range.Start).ToArray();
        return new(
            [.. taking.Select(shard => shard.Range.Start)],
            [.. taking.Select(shard => shard.Index)],
            taking.Length == 0 ? long.MaxValue : taking.Min(shard => shard.RoutedUntil));
    }

    /// <summary>The shard that takes a hash key.</summary>
    public int ShardOf(UInt128 hashKey)
    {
        var found = Array.BinarySearch(_starts, hashKey);
        return _indexes[found >= 0 ? found : ~found - 1];
    }

    /// <summary>The shard whose turn it is when records are spread over all shards.</summary>
    public int ShardAt(uint turn) => _indexes[turn % (uint)_indexes.Length];
}
