namespace Kcl.Kinesis.Aggregation;

/// <summary>Which open shard takes a hash key.</summary>
internal sealed class ShardMap
{
    private readonly Shard[] _open;

    /// <summary>Takes a listing.</summary>
    public ShardMap(IEnumerable<Shard> shards) => _open = [.. shards.Where(shard => shard.IsOpen).OrderBy(shard => shard.HashKeyRange.Start)];

    /// <summary>Finds the shard of a hash key; null where the listing has a hole.</summary>
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
