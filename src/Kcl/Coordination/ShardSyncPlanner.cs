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
    /// <param name="rule">Where the application starts.</param>
    public static ShardSyncPlan PlanFirst(ShardTree listed, StartRule rule)
    {
        // A parent listed together with its child: this server does not filter, so the choice is made here.
        if (listed.Shards.Any(s => listed.ParentsOf(s).Any()))
        {
            return Plan(listed, new([]), rule);
        }

        var shards = rule.Position.Checkpoint == ExtendedSequenceNumber.Latest ? [.. listed.Open] : listed.Shards;
        return new([.. InOrder(shards).Select(rule.New)], [], HashKeyRanges.FirstHole(shards.Select(s => s.HashKeyRange)));
    }

    /// <summary>The leases that are missing where there are some.</summary>
    /// <param name="listed">The whole shard list.</param>
    /// <param name="leases">The table as read. Rows that cannot be read count as leases: a new one could not take their place.</param>
    /// <param name="rule">Where shards start that descend from no shard with a lease.</param>
    /// <remarks>One generation at a time: the end of a shard makes the leases of its children.</remarks>
    public static ShardSyncPlan Plan(ShardTree listed, LeaseListing leases, StartRule rule)
    {
        var inconsistent = listed.Inconsistent;
        if (inconsistent.Count > 0)
        {
            return new([], inconsistent, Hole: null);
        }

        var walk = new Walk(listed, leases, rule);
        foreach (var shard in InOrder(listed.Shards))
        {
            walk.VisitChildOfFinished(shard);
        }

        foreach (var shard in listed.Open)
        {
            walk.Visit(shard);
        }

        // A lease of an earlier stream is started over where it is.
        var keys = leases.Select(l => l.Key).ToHashSet();
        var create = InOrder(walk.Create.Keys).Select(s => walk.Create[s]).Where(l => !keys.Contains(l.Key));
        return new([.. create], [], HashKeyRanges.FirstHole(listed.Open.Select(s => s.HashKeyRange)));
    }

    /// <summary>The lease of a shard that continues an ended one.</summary>
    /// <param name="child">The shard.</param>
    /// <param name="parent">The ended shard's lease. If nothing at or after the application's instant was found there, the child goes on looking for that instant.</param>
    /// <param name="stream">The present stream, for a parent that does not know whose it is; null where it is not known.</param>
    /// <param name="keys">The keys of the stream's leases.</param>
    public static Lease NewChild(ChildShard child, Lease parent, StreamIdentity? stream, StreamLeaseKeys keys)
    {
        var looksForInstant = parent.Checkpoint == ExtendedSequenceNumber.AtTimestamp;
        return new()
        {
            Key = keys.For(child.ShardId),
            ShardId = child.ShardId,
            Checkpoint = looksForInstant ? ExtendedSequenceNumber.AtTimestamp : ExtendedSequenceNumber.TrimHorizon,
            ParentShardIds = child.ParentShards,
            HashKeyRange = child.HashKeyRange,

            // The parent knows best whose child it is: by now the stream may have been created again.
            PrivateAttributes = LeaseAnnotations.Of(LeaseAnnotations.StreamOf(parent) ?? stream, looksForInstant ? LeaseAnnotations.StartOf(parent) : null),
        };
    }

    private static IEnumerable<Shard> InOrder(IEnumerable<Shard> shards) => shards.OrderBy(s => s.StartingSequenceNumber).ThenBy(s => s.ShardId);

    private sealed class Walk
    {
        private readonly ShardTree _listed;
        private readonly StartRule _rule;
        private readonly HashSet<LeaseKey> _leased;
        private readonly HashSet<LeaseKey> _finished;
        private readonly Dictionary<LeaseKey, bool> _descends = [];
        private readonly HashSet<LeaseKey> _wanted = [];

        public Walk(ShardTree listed, LeaseListing leases, StartRule rule)
        {
            (_listed, _rule) = (listed, rule);

            // What belongs to an earlier stream says nothing of this one's shards, and of those they descend from least of all.
            var present = leases.Where(l => rule.Stream is not { } stream || LeaseAnnotations.StreamOf(l)?.To(stream) != StreamRelation.Earlier).ToList();
            _leased = [.. present.Select(l => l.Key), .. leases.Unreadable.Select(l => l.Key)];
            _finished = [.. present.Where(l => l.Checkpoint.IsShardEnd).Select(l => l.Key)];
        }

        public Dictionary<Shard, Lease> Create { get; } = [];

        /// <summary>A shard whose parents are all finished should have got its lease at their end. If it has none, nothing else will give it one.</summary>
        public void VisitChildOfFinished(Shard shard)
        {
            // A closed shard without a lease may have been finished long ago and its lease removed: then its children have leases.
            var isMissing = !IsLeased(shard.ShardId) && (shard.IsOpen || !_listed.ChildrenOf(shard.ShardId).Any(c => IsLeased(c.ShardId)));
            if (isMissing && shard.Parents.Any(IsFinished) && shard.Parents.All(p => IsFinished(p) || (!IsLeased(p) && _listed.Find(p) is null)))
            {
                Create[shard] = _rule.NewAfterParents(shard);
                _leased.Add(_rule.Keys.For(shard.ShardId));
            }
        }

        public void Visit(Shard open)
        {
            if (!IsLeased(open.ShardId) && !Descends(open))
            {
                Create[open] = _rule.New(open);
            }
        }

        private bool IsLeased(ShardId shardId) => _leased.Contains(_rule.Keys.For(shardId));

        private bool IsFinished(ShardId shardId) => _finished.Contains(_rule.Keys.For(shardId));

        private bool IsWanted(Shard shard) => _wanted.Contains(_rule.Keys.For(shard.ShardId));

        private IEnumerable<Shard> ParentsOf(Shard shard) => _listed.ParentsOf(shard).Where(p => IsLeased(p.ShardId) || !_rule.IsOver(p));

        /// <summary>Whether a shard has a lease or goes on from one that has or gets one.</summary>
        private bool Descends(Shard shard)
        {
            var key = _rule.Keys.For(shard.ShardId);
            if (_descends.TryGetValue(key, out var known))
            {
                return known;
            }

            var descends = _leased.Contains(key);
            if (!descends)
            {
                var parents = ParentsOf(shard).ToList();
                var continued = parents.Where(p => Descends(p) | IsWanted(p)).ToList();
                descends = continued.Count > 0;
                if (descends)
                {
                    foreach (var parent in parents.Where(p => !IsLeased(p.ShardId)))
                    {
                        if (IsWanted(parent) || !continued.Contains(parent))
                        {
                            Create[parent] = _rule.New(parent);
                        }
                    }
                }
                else if (_rule.FromThePast)
                {
                    _wanted.Add(key);
                }
            }

            _descends[key] = descends;
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
