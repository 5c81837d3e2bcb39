using Kcl.Kinesis;
using Kcl.Leasing;
using Kcl.Streams;

namespace Kcl.Coordination.ShardSync;

/// <summary>Decides which leases the shards of a stream still need. Pure functions.</summary>
/// <remarks>
/// The rules are those of the Java KCL (<c>leases/HierarchicalShardSyncer</c>), so that the Java KCL can use a table that this library
/// created, and this library one that the Java KCL created.
/// </remarks>
internal static class ShardSyncPlanner
{
    /// <summary>Plans the leases of an application that has none.</summary>
    /// <param name="listed">The shards listed with the filter of the start position.</param>
    /// <param name="factory">Creates the leases.</param>
    public static ShardSyncPlan PlanFirst(ShardTree listed, InitialLeaseFactory factory)
    {
        // A parent that is listed together with its child shows that the server does not support filters.
        if (listed.Shards.Any(s => listed.ParentsOf(s).Any()))
        {
            return Plan(listed, new([]), factory);
        }

        var shards = factory.Start.IsLatest ? [.. listed.Open] : listed.Shards;
        return new([.. InOrder(shards).Select(factory.Create)], [], HashKeyRanges.FindFirstHole(shards.Select(s => s.HashKeyRange)));
    }

    /// <summary>Plans the missing leases of an application that has some.</summary>
    /// <param name="listed">The whole shard list.</param>
    /// <param name="leases">
    /// The listing of the table. Rows that cannot be read count as leases, because a new lease could not replace them.
    /// </param>
    /// <param name="factory">Creates the leases.</param>
    /// <param name="stale">
    /// The keys of the leases that belong to an earlier stream, including leases that do not name it; null to use only the stream that each
    /// lease names.
    /// </param>
    /// <remarks>Plans one generation at a time, because the leases of children are created when their parent ends.</remarks>
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

        // A lease of an earlier stream is restarted in place.
        var keys = leases.Select(l => l.Key).ToHashSet();
        var needed = InOrder(walk.LeasesToCreate.Keys).Select(s => walk.LeasesToCreate[s]).ToLookup(l => keys.Contains(l.Key));
        return new([.. needed[false]], [], HashKeyRanges.FindFirstHole(listed.Open.Select(s => s.HashKeyRange)))
        {
            LeasesToRestart = needed[true].Select(l => l.Key).ToHashSet(),
        };
    }

    /// <summary>
    /// Returns the shards whose leases restart, and their ancestors that have no lease yet. Parents precede their children.
    /// </summary>
    /// <param name="listed">The whole shard list.</param>
    /// <param name="keys">The keys of the stream's leases.</param>
    /// <param name="restarted">The leases that restart.</param>
    /// <param name="roots">The leases that need no lease of an ancestor.</param>
    /// <param name="written">The leases of the current stream.</param>
    public static IReadOnlyList<Shard> AddMissingAncestors(
        ShardTree listed,
        StreamLeaseKeys keys,
        IEnumerable<Lease> restarted,
        IReadOnlySet<LeaseKey> roots,
        IReadOnlySet<LeaseKey> written)
    {
        var found = new HashSet<Shard>();
        var pending = new Stack<Shard>(restarted.Select(l => listed.Find(l.ShardId)).OfType<Shard>());
        while (pending.TryPop(out var shard))
        {
            if (found.Add(shard) && !roots.Contains(keys.For(shard.ShardId)))
            {
                foreach (var parent in listed.ParentsOf(shard).Where(p => !written.Contains(keys.For(p.ShardId))))
                {
                    pending.Push(parent);
                }
            }
        }

        return [.. InOrder(found)];
    }

    /// <summary>Creates the lease of a child shard.</summary>
    /// <param name="child">The shard.</param>
    /// <param name="parent">
    /// The lease of the ended parent. If it is still at <c>AT_TIMESTAMP</c>, the parent may have had no record at or after that time, so
    /// the child starts at <c>AT_TIMESTAMP</c> too; otherwise, it starts at <c>TRIM_HORIZON</c>.
    /// </param>
    /// <param name="stream">The current stream, used if the parent names none; null if it is not known.</param>
    /// <param name="keys">The keys of the stream's leases.</param>
    public static Lease CreateChildLease(ChildShard child, Lease parent, StreamIdentity? stream, StreamLeaseKeys keys)
    {
        var start = LeaseAnnotations.PositionOf(parent).ForChild();
        return new()
        {
            Key = keys.For(child.ShardId),
            ShardId = child.ShardId,
            Checkpoint = start.Checkpoint,
            ParentShardIds = child.ParentShards,
            HashKeyRange = child.HashKeyRange,

            // The stream named by the parent is used, because the current stream may be a later one of the same name.
            PrivateAttributes = LeaseAnnotations.Of(
                LeaseAnnotations.StreamOf(parent) ?? stream, start.Instant is null ? null : LeaseAnnotations.StartOf(parent)),
        };
    }

    private static IEnumerable<Shard> InOrder(IEnumerable<Shard> shards) =>
        shards.OrderBy(s => s.StartingSequenceNumber).ThenBy(s => s.ShardId);

    /// <summary>Visits the shards of a list, and collects the leases to create.</summary>
    private sealed class Walk
    {
        private readonly ShardTree _listed;
        private readonly InitialLeaseFactory _factory;
        private readonly HashSet<LeaseKey> _leased;
        private readonly HashSet<LeaseKey> _finished;
        private readonly Dictionary<LeaseKey, bool> _descends = [];

        // Shards with which reading may start, because they descend from no shard with a lease. See Descends.
        private readonly HashSet<LeaseKey> _startCandidates = [];

        public Walk(ShardTree listed, LeaseListing leases, InitialLeaseFactory factory, IReadOnlySet<LeaseKey>? stale)
        {
            _listed = listed;
            _factory = factory;

            // Leases of an earlier stream do not describe shards of this one.
            var current = leases.Where(l => !IsStale(l)).ToList();
            _leased = [.. current.Select(l => l.Key), .. leases.Unreadable.Select(l => l.Key)];
            _finished = [.. current.Where(l => l.Checkpoint.IsShardEnd).Select(l => l.Key)];

            bool IsStale(Lease lease) =>
                stale?.Contains(lease.Key) == true
                || (factory.Stream is { } stream && LeaseReview.NamesEarlierStream(lease, stream));
        }

        public Dictionary<Shard, Lease> LeasesToCreate { get; } = [];

        /// <summary>
        /// Plans the lease of a shard whose parents are all finished. Its lease should have been created when they ended. If that failed,
        /// only this check creates it.
        /// </summary>
        public void VisitChildOfFinished(Shard shard)
        {
            // A closed shard without a lease may have been finished and its lease deleted. Its children then have leases.
            var isMissing = !IsLeased(shard.ShardId) && (shard.IsOpen || !_listed.ChildrenOf(shard.ShardId).Any(c => IsLeased(c.ShardId)));
            if (isMissing && shard.Parents.Any(IsFinished) && shard.Parents.All(IsFinishedOrUnlisted))
            {
                LeasesToCreate[shard] = _factory.CreateAfterParents(shard);
                _leased.Add(_factory.Keys.For(shard.ShardId));
            }
        }

        public void Visit(Shard open)
        {
            if (!IsLeased(open.ShardId) && !Descends(open))
            {
                LeasesToCreate[open] = _factory.Create(open);
            }
        }

        private bool IsLeased(ShardId shardId) => _leased.Contains(_factory.Keys.For(shardId));

        private bool IsFinished(ShardId shardId) => _finished.Contains(_factory.Keys.For(shardId));

        private bool IsFinishedOrUnlisted(ShardId parent) => IsFinished(parent) || (!IsLeased(parent) && _listed.Find(parent) is null);

        private bool IsStartCandidate(Shard shard) => _startCandidates.Contains(_factory.Keys.For(shard.ShardId));

        private IEnumerable<Shard> ParentsOf(Shard shard) =>
            _listed.ParentsOf(shard).Where(p => IsLeased(p.ShardId) || !_factory.EndedBeforeStart(p));

        /// <summary>Returns whether a shard has a lease, or descends from a shard that has or gets one.</summary>
        /// <remarks>
        /// A shard that descends gets its lease when its parents end. The listed ancestors are visited first. If the application starts in
        /// the past, a shard without a lease that does not descend becomes a candidate: reading may start with it. When a child of a
        /// candidate is visited, the candidate gets a lease, and the child waits for it. At a merge, every other parent that neither has a
        /// lease nor descends gets one too, because the child waits for all its parents. An open candidate gets its lease in
        /// <see cref="Visit"/>.
        /// </remarks>
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
                var continued = parents.Where(p => Descends(p) || IsStartCandidate(p)).ToList();
                descends = continued.Count > 0;
                if (descends)
                {
                    foreach (var parent in parents.Where(p => !IsLeased(p.ShardId)))
                    {
                        if (IsStartCandidate(parent) || !continued.Contains(parent))
                        {
                            LeasesToCreate[parent] = _factory.Create(parent);
                        }
                    }
                }
                else if (_factory.StartsInPast)
                {
                    _startCandidates.Add(key);
                }
            }

            _descends[key] = descends;
            return descends;
        }
    }
}
