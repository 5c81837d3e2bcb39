using Kcl.Kinesis;
using Kcl.Leasing;
using Kcl.Streams;

namespace Kcl.Coordination;

/// <summary>Which leases the shards of a stream still need. Pure.</summary>
/// <remarks>The rules are those of the Java KCL (leases/HierarchicalShardSyncer), so that either may start a table and the other go on with it.</remarks>
internal static class ShardSyncPlanner
{
    /// <summary>What to ask the shard list for while there are no leases at all.</summary>
    public static ShardFilter FirstFilter(InitialPosition position) =>
        position.Timestamp is { } timestamp ? new(ShardFilterType.AtTimestamp, timestamp)
        : position.Checkpoint == ExtendedSequenceNumber.Latest ? new(ShardFilterType.AtLatest)
        : new(ShardFilterType.AtTrimHorizon);

    /// <summary>The leases of an application that has none yet.</summary>
    /// <param name="listed">The answer to <see cref="FirstFilter"/>.</param>
    /// <param name="position">Where the application starts.</param>
    public static ShardSyncPlan PlanFirst(ShardTree listed, InitialPosition position)
    {
        // A parent listed together with its child: this server does not filter, so the choice is made here.
        if (listed.Shards.Any(s => listed.ParentsOf(s).Any()))
        {
            return Plan(listed, new HashSet<ShardId>(), position);
        }

        var shards = position.Checkpoint == ExtendedSequenceNumber.Latest ? [.. listed.Open] : listed.Shards;
        return new([.. InOrder(shards).Select(s => New(s, position.Checkpoint))], [], HashKeyRanges.FirstHole(shards.Select(s => s.HashKeyRange)));
    }

    /// <summary>The leases that are missing where there are some.</summary>
    /// <param name="listed">The whole shard list.</param>
    /// <param name="leased">The shards that have a lease.</param>
    /// <param name="position">Where shards start that descend from no shard with a lease.</param>
    /// <remarks>One generation at a time: the end of a shard makes the leases of its children.</remarks>
    public static ShardSyncPlan Plan(ShardTree listed, IReadOnlySet<ShardId> leased, InitialPosition position)
    {
        var inconsistent = listed.Inconsistent;
        if (inconsistent.Count > 0)
        {
            return new([], inconsistent, Hole: null);
        }

        var walk = new Walk(listed, leased, position);
        foreach (var shard in listed.Open.Where(s => !leased.Contains(s.ShardId)))
        {
            walk.Visit(shard);
        }

        return new([.. InOrder(walk.Create.Keys).Select(s => walk.Create[s])], [], HashKeyRanges.FirstHole(listed.Open.Select(s => s.HashKeyRange)));
    }

    /// <summary>A new lease.</summary>
    public static Lease New(Shard shard, ExtendedSequenceNumber checkpoint) => new()
    {
        Key = new(shard.ShardId.Value),
        ShardId = shard.ShardId,
        Checkpoint = checkpoint,
        ParentShardIds = shard.Parents,
        HashKeyRange = shard.HashKeyRange,
    };

    /// <summary>The lease of a shard that continues an ended one.</summary>
    /// <param name="child">The shard.</param>
    /// <param name="parentCheckpoint">How far its parent was processed before the end. Who saw nothing at or after the configured instant goes on looking for that instant.</param>
    public static Lease NewChild(ChildShard child, ExtendedSequenceNumber parentCheckpoint) => new()
    {
        Key = new(child.ShardId.Value),
        ShardId = child.ShardId,
        Checkpoint = parentCheckpoint == ExtendedSequenceNumber.AtTimestamp ? ExtendedSequenceNumber.AtTimestamp : ExtendedSequenceNumber.TrimHorizon,
        ParentShardIds = child.ParentShards,
        HashKeyRange = child.HashKeyRange,
    };

    private static IEnumerable<Shard> InOrder(IEnumerable<Shard> shards) => shards.OrderBy(s => s.StartingSequenceNumber).ThenBy(s => s.ShardId);

    private sealed class Walk(ShardTree listed, IReadOnlySet<ShardId> leased, InitialPosition position)
    {
        private readonly Dictionary<ShardId, bool> _descends = [];
        private readonly HashSet<ShardId> _wanted = [];

        public Dictionary<Shard, Lease> Create { get; } = [];

        private bool FromTheStart => position.Checkpoint != ExtendedSequenceNumber.Latest;

        public void Visit(Shard open)
        {
            if (!Descends(open))
            {
                Create[open] = New(open, position.Checkpoint);
            }
        }

        /// <summary>Whether a shard has a lease or goes on from one that has or gets one.</summary>
        private bool Descends(Shard shard)
        {
            if (_descends.TryGetValue(shard.ShardId, out var known))
            {
                return known;
            }

            var descends = leased.Contains(shard.ShardId);
            if (!descends)
            {
                var parents = listed.ParentsOf(shard).ToList();
                var continued = parents.Where(p => Descends(p) | _wanted.Contains(p.ShardId)).ToList();
                descends = continued.Count > 0;
                if (descends)
                {
                    foreach (var parent in parents.Where(p => !leased.Contains(p.ShardId)))
                    {
                        var continues = continued.Contains(parent);
                        if (_wanted.Contains(parent.ShardId) || !continues)
                        {
                            var fromItsStart = continues && position.Checkpoint != ExtendedSequenceNumber.AtTimestamp;
                            Create[parent] = New(parent, fromItsStart ? ExtendedSequenceNumber.TrimHorizon : position.Checkpoint);
                        }
                    }
                }
                else if (FromTheStart)
                {
                    _wanted.Add(shard.ShardId);
                }
            }

            _descends[shard.ShardId] = descends;
            return descends;
        }
    }
}

/// <summary>What a comparison of shards and leases says.</summary>
/// <param name="Create">The leases to add, oldest shards first.</param>
/// <param name="Inconsistent">Children of shards that are still open: the list was taken while the stream changed, and is to be read again.</param>
/// <param name="Hole">Hash keys that no listed shard takes: the list is incomplete, and is to be read again.</param>
internal sealed record ShardSyncPlan(IReadOnlyList<Lease> Create, IReadOnlyList<ShardId> Inconsistent, HashKeyRange? Hole)
{
    /// <summary>Whether the list made sense.</summary>
    public bool IsUsable => Inconsistent.Count == 0 && Hole is null;
}
