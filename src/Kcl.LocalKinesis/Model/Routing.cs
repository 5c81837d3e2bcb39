using System.Collections.Immutable;

namespace Kcl.LocalKinesis.Model;

/// <summary>Assigns records to shards. Immutable.</summary>
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

    /// <summary>Gets the first time at which the assignment may change, in milliseconds since the Unix epoch.</summary>
    public long ValidUntil { get; }

    /// <summary>Returns the assignment at a time, in milliseconds since the Unix epoch.</summary>
    public static Routing At(ImmutableArray<ShardModel> shards, long now)
    {
        var accepting = shards
            .Where(shard => shard.OpenedAt <= now && now < shard.RoutedUntil)
            .OrderBy(shard => shard.Range.Start)
            .ToArray();
        return new(
            [.. accepting.Select(shard => shard.Range.Start)],
            [.. accepting.Select(shard => shard.Index)],
            accepting.Length == 0 ? long.MaxValue : accepting.Min(shard => shard.RoutedUntil));
    }

    /// <summary>Returns the index of the shard that covers a hash key.</summary>
    public int ShardOf(UInt128 hashKey)
    {
        var found = Array.BinarySearch(_starts, hashKey);
        return _indexes[found >= 0 ? found : ~found - 1];
    }

    /// <summary>Returns the index of the shard that gets a record when the shards get records in turn.</summary>
    public int ShardAt(uint turn) => _indexes[turn % (uint)_indexes.Length];
}
