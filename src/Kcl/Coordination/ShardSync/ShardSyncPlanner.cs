using Kcl.Kinesis;
using Kcl.Leasing;
using Kcl.Streams;

namespace Kcl.Coordination.ShardSync;

/// <summary>Decides which leases the shards of a stream still need. Pure.</summary>
/// <remarks>
/// The rules are those of the Java KCL (<c>leases/HierarchicalShardSyncer</c>), so that either may create a table and the other continue
/// with it.
/// </remarks>
internal static class ShardSyncPlanner
{
    /// <summary>Plans the leases of an application that has none.</summary>
    /// <param name="listed">The shards listed with the filter of the start position.</param>
    /// <param name="factory">Makes the leases.</param>
    public static ShardSyncPlan PlanFirst(ShardTree listed, InitialLeaseFactory factory)
    {
        // A parent that is listed together with its child shows that the server does not support filters.
        if (listed.Shards.Any(s => listed.ParentsOf(s).Any()))
        {
            return Plan(listed, new([]), factory);
        }

        var shards = factory.Start.IsLatest ? [.. listed.Open] : listed.Shards;
        return new([.. InOrder(shards).Select(factory.Create)], [], HashKeyRanges.FirstHole(shards.Select(s => s.HashKeyRange)));
    }

    /// <summary>Plans the missing leases of an application that has some.</summary>
    /// <param name="listed">The whole shard list.</param>
    /// <param name="leases">The table as read. Rows that cannot be read count as leases: a new lease could not replace them.</param>
    /// <param name="factory">Makes the leases.</param>
    /// <param name="stale">
    /// The keys of rows that do not name an earlier stream, but belong to one; <see langword="null"/> if there are none.
    /// </param>
    /// <remarks>One generation at a time: the leases of children are created at the end of their parent.</remarks>
    public static ShardSyncPlan Plan(
        ShardTree listed, LeaseListing leases, InitialLeaseFactory factory, IReadOnlySet<LeaseKey>? stale = null)
    {
        var inconsistent = listed.Inconsistent;
        if (inconsistent.Count > 0)
        {
            return new([], inconsistent, Hole: null);
        }

        var walk = new Walk(listed, leases, factory, stale);
        foreach (var shard in InOrder(listed.Shards))
        {
            walk.VisitChildOfFinished(shard);
        }

        foreach (var shard in listed.Open)
        {
            walk.Visit(shard);
        }

        // A lease of an earlier stream is started over in place.
        var keys = leases.Select(l => l.Key).ToHashSet();
        var needed = InOrder(walk.Create.Keys).Select(s => walk.Create[s]).ToLookup(l => keys.Contains(l.Key));
        return new([.. needed[false]], [], HashKeyRanges.FirstHole(listed.Open.Select(s => s.HashKeyRange)))
        {
            StartOver = needed[true].Select(l => l.ShardId).ToHashSet(),
        };
    }

    /// <summary>
    /// Returns shards whose leases start over, and the ancestors that must have a lease before them: parents come before their children.
    /// </summary>
    /// <param name="listed">The whole shard list.</param>
    /// <param name="startOver">The shards whose leases start over.</param>
    /// <param name="first">The shards that need no lease of an ancestor.</param>
    /// <param name="present">The shards with a lease of the present stream.</param>
    public static IReadOnlyList<Shard> WithMissingAncestors(
        ShardTree listed, IEnumerable<ShardId> startOver, IReadOnlySet<ShardId> first, IReadOnlySet<ShardId> present)
    {
        var found = new HashSet<ShardId>();
        var pending = new Stack<Shard>(startOver.Select(listed.Find).OfType<Shard>());
        while (pending.TryPop(out var shard))
        {
            if (found.Add(shard.ShardId) && !first.Contains(shard.ShardId))
            {
                foreach (var parent in listed.ParentsOf(shard).Where(p => !present.Contains(p.ShardId)))
                {
                    pending.Push(parent);
                }
            }
        }

        return [.. InOrder(found.Select(listed.Find).OfType<Shard>())];
    }

    /// <summary>Makes the lease of a shard that continues an ended one.</summary>
    /// <param name="child">The shard.</param>
    /// <param name="parent">
    /// The lease of the ended shard. If the shard had no record at or after the application's instant, the child continues to look for it.
    /// </param>
    /// <param name="stream">The present stream, used if the parent names none; <see langword="null"/> if it is not known.</param>
    /// <param name="keys">The keys of the stream's leases.</param>
    public static Lease NewChild(ChildShard child, Lease parent, StreamIdentity? stream, StreamLeaseKeys keys)
    {
        var start = LeaseAnnotations.PositionOf(parent).ForChild();
        return new()
        {
            Key = keys.For(child.ShardId),
            ShardId = child.ShardId,
            Checkpoint = start.Checkpoint,
            ParentShardIds = child.ParentShards,
            HashKeyRange = child.HashKeyRange,

            // The parent's stream is preferred: by now, the stream may have been created again.
            PrivateAttributes = LeaseAnnotations.Of(
                LeaseAnnotations.StreamOf(parent) ?? stream, start.Instant is null ? null : LeaseAnnotations.StartOf(parent)),
        };
    }

    private static IEnumerable<Shard> InOrder(IEnumerable<Shard> shards) =>
        shards.OrderBy(s => s.StartingSequenceNumber).ThenBy(s => s.ShardId);

    private sealed class Walk
    {
        private readonly ShardTree _listed;
        private readonly InitialLeaseFactory _factory;
        private readonly HashSet<LeaseKey> _leased;
        private readonly HashSet<LeaseKey> _finished;
        private readonly Dictionary<LeaseKey, bool> _descends = [];
        private readonly HashSet<LeaseKey> _wanted = [];

        public Walk(ShardTree listed, LeaseListing leases, InitialLeaseFactory factory, IReadOnlySet<LeaseKey>? stale)
        {
            _listed = listed;
            _factory = factory;

            // Leases of an earlier stream say nothing about the shards of this one.
            var present = leases.Where(l => !IsStale(l)).ToList();
            _leased = [.. present.Select(l => l.Key), .. leases.Unreadable.Select(l => l.Key)];
            _finished = [.. present.Where(l => l.Checkpoint.IsShardEnd).Select(l => l.Key)];

            bool IsStale(Lease lease) =>
                stale?.Contains(lease.Key) == true
                || (factory.Stream is { } stream && LeaseReview.NamesEarlierStream(lease, stream));
        }

        public Dictionary<Shard, Lease> Create { get; } = [];

        /// <summary>
        /// Visits a shard whose parents are all finished. Its lease should have been created at their end; if it was not, nothing else
        /// creates it.
        /// </summary>
        public void VisitChildOfFinished(Shard shard)
        {
            // A closed shard without a lease may have been finished long ago and its lease removed: then its children have leases.
            var isMissing = !IsLeased(shard.ShardId) && (shard.IsOpen || !_listed.ChildrenOf(shard.ShardId).Any(c => IsLeased(c.ShardId)));
            if (isMissing && shard.Parents.Any(IsFinished) && shard.Parents.All(IsFinishedOrForgotten))
            {
                Create[shard] = _factory.CreateAfterParents(shard);
                _leased.Add(_factory.Keys.For(shard.ShardId));
            }
        }

        public void Visit(Shard open)
        {
            if (!IsLeased(open.ShardId) && !Descends(open))
            {
                Create[open] = _factory.Create(open);
            }
        }

        private bool IsLeased(ShardId shardId) => _leased.Contains(_factory.Keys.For(shardId));

        private bool IsFinished(ShardId shardId) => _finished.Contains(_factory.Keys.For(shardId));

        private bool IsFinishedOrForgotten(ShardId parent) => IsFinished(parent) || (!IsLeased(parent) && _listed.Find(parent) is null);

        private bool IsWanted(Shard shard) => _wanted.Contains(_factory.Keys.For(shard.ShardId));

        private IEnumerable<Shard> ParentsOf(Shard shard) =>
            _listed.ParentsOf(shard).Where(p => IsLeased(p.ShardId) || !_factory.EndedBeforeStart(p));

        /// <summary>Returns whether a shard has a lease, or descends from a shard that has or gets one.</summary>
        private bool Descends(Shard shard)
        {
            var key = _factory.Keys.For(shard.ShardId);
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
                            Create[parent] = _factory.Create(parent);
                        }
                    }
                }
                else if (_factory.StartsInPast)
                {
                    _wanted.Add(key);
                }
            }

            _descends[key] = descends;
            return descends;
        }
    }
}
