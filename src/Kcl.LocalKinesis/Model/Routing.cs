using System.Collections.Immutable;

namespace Kcl.LocalKinesis.Model;

/// <summary>Assigns records to shards. Pure.</summary>
internal sealed class Routing
{
    private readonly UInt128[] _starts;
    private readonly int[] _indexes;

    private Routing(UInt128[] starts, int[] indexes, long validUntil)
    {
        _starts = starts;
        _indexes = indexes;
        ValidUntil = validUntil;
    }

    /// <summary>Gets the first instant at which other shards may take records, in milliseconds since the epoch.</summary>
    public long ValidUntil { get; }

    /// <summary>Returns the assignment at an instant.</summary>
    public static Routing At(ImmutableArray<ShardModel> shards, long now)
    {
        var taking = shards
            .Where(shard => shard.OpenedAt <= now && now < shard.RoutedUntil)
            .OrderBy(shard => shard.Range.Start)
            .ToArray();
        return new(
            [.. taking.Select(shard => shard.Range.Start)],
            [.. taking.Select(shard => shard.Index)],
            taking.Length == 0 ? long.MaxValue : taking.Min(shard => shard.RoutedUntil));
    }

    /// <summary>Returns the shard that takes a hash key.</summary>
    public int ShardOf(UInt128 hashKey)
    {
        var found = Array.BinarySearch(_starts, hashKey);
        return _indexes[found >= 0 ? found : ~found - 1];
    }

    /// <summary>Returns the shard that takes a record when records are spread over all shards.</summary>
    public int ShardAt(uint turn) => _indexes[turn % (uint)_indexes.Length];
}
