using Kcl.Kinesis;

namespace Kcl.Streams;

/// <summary>
/// The shards of one shard list, and how they descend from one another. Parents that are no longer listed are not included.
/// </summary>
internal sealed class ShardTree
{
    // The list is of one stream, so the ids are unique.
    private readonly Dictionary<ShardId, Shard> _shards;
    private readonly ILookup<ShardId, Shard> _children;

    public ShardTree(IReadOnlyList<Shard> shards)
    {
        _shards = new(shards.Count);
        foreach (var shard in shards)
        {
            _shards[shard.ShardId] = shard; // A shard that is listed on two pages is one shard.
        }

        _children = _shards.Values.SelectMany(s => s.Parents, (child, parent) => (child, parent)).ToLookup(p => p.parent, p => p.child);
    }

    /// <summary>Gets the shards, each of them once, in the order of the list.</summary>
    public IReadOnlyCollection<Shard> Shards => _shards.Values;

    /// <summary>Gets the shards that accept records.</summary>
    public IEnumerable<Shard> Open => _shards.Values.Where(s => s.IsOpen);

    /// <summary>Returns a shard; null if it is not listed.</summary>
    public Shard? Find(ShardId shardId) => _shards.GetValueOrDefault(shardId);

    /// <summary>Returns the listed parents of a shard.</summary>
    public IEnumerable<Shard> ParentsOf(Shard shard) => shard.Parents.Select(Find).OfType<Shard>();

    /// <summary>Returns the listed shards that name a shard as a parent.</summary>
    public IReadOnlyList<Shard> ChildrenOf(ShardId shardId) => [.. _children[shardId]];

    /// <summary>Gets the children of shards that are listed as open, because the list was read while the stream changed.</summary>
    public IReadOnlyList<ShardId> Inconsistent => [.. _shards.Values.Where(s => ParentsOf(s).Any(p => p.IsOpen)).Select(s => s.ShardId)];
}
