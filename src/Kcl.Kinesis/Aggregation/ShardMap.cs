namespace Kcl.Kinesis.Aggregation;

/// <summary>Finds the open shard of a hash key.</summary>
internal sealed class ShardMap
{
    private readonly Shard[] _open;

    /// <summary>Creates a map of the open shards in a list.</summary>
    public ShardMap(IEnumerable<Shard> shards) =>
        _open = [.. shards.Where(shard => shard.IsOpen).OrderBy(shard => shard.HashKeyRange.Start)];

    /// <summary>Returns the shard of a hash key; null if the list has none.</summary>
    public Shard? Find(UInt128 hashKey)
    {
        var (low, high) = (0, _open.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var range = _open[middle].HashKeyRange;
            if (range.Contains(hashKey))
            {
                return _open[middle];
            }

            (low, high) = hashKey < range.Start ? (low, middle - 1) : (middle + 1, high);
        }

        return null;
    }
}
