using Kcl.Kinesis;

namespace Kcl.Streams;

/// <summary>The shards of one listing and how they descend from one another. Parents that are no longer listed are no part of it.</summary>
internal sealed class ShardTree
{
    private readonly Dictionary<ShardId, Shard> _shards;
    private readonly ILookup<ShardId, Shard> _children;

    public ShardTree(IReadOnlyList<Shard> shards)
    {
        _shards = new(shards.Count);
        foreach (var shard in shards)
        {
            _shards[shard.ShardId] = shard; // a shard listed on two pages is one shard
        }

        _children = _shards.Values.SelectMany(s => s.Parents, (child, parent) => (child, parent)).ToLookup(p => p.parent, p => p.child);
    }

    /// <summary>Every shard, each once, in the order listed.</summary>
    public IReadOnlyCollection<Shard> Shards => _shards.Values;

    /// <summary>The shards that take records.</summary>
    public IEnumerable<Shard> Open => _shards.Values.Where(s => s.IsOpen);

    /// <summary>The shard, if it is listed.</summary>
    public Shard? Find(ShardId shardId) => _shards.GetValueOrDefault(shardId);

    /// <summary>The parents that are listed.</summary>
    public IEnumerable<Shard> ParentsOf(Shard shard) => shard.Parents.Select(Find).OfType<Shard>();

    /// <summary>The listed shards that name a shard as a parent.</summary>
    public IReadOnlyList<Shard> ChildrenOf(ShardId shardId) => [.. _children[shardId]];

    /// <summary>The shards none of whose parents is listed.</summary>
    public IEnumerable<Shard> Roots => _shards.Values.Where(s => !ParentsOf(s).Any());

    /// <summary>The children of shards that are still open: a listing that was taken while the stream changed.</summary>
    public IReadOnlyList<ShardId> Inconsistent => [.. _shards.Values.Where(s => ParentsOf(s).Any(p => p.IsOpen)).Select(s => s.ShardId)];
}
