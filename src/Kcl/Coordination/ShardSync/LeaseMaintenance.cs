using Kcl.Internal;
using Kcl.Kinesis;
using Kcl.Leasing;
using Kcl.Streams;

namespace Kcl.Coordination.ShardSync;

/// <summary>
/// Keeps the leases consistent with the shards of the stream: creates missing leases, repairs and annotates leases, reports hash keys that
/// no lease covers, and deletes leases that are no longer needed.
/// </summary>
/// <param name="services">The services of the coordination.</param>
/// <param name="shards">The shard list.</param>
/// <param name="stream">The stream.</param>
/// <param name="creator">Creates missing leases.</param>
/// <param name="settings">The settings of the stream.</param>
/// <param name="onLeasesChanged">Called when there are new leases to take.</param>
internal sealed class LeaseMaintenance(
    CoordinationServices services,
    ShardListReader shards,
    StreamMonitor stream,
    LeaseCreator creator,
    CoordinationSettings settings,
    Action onLeasesChanged)
{
    private readonly ShardAuditor _auditor = new();
    private readonly LeaseRepairer _repairer = new(services);
    private readonly LogThrottle _refusalLogThrottle = new(services.Time);
    private IReadOnlyList<Lease> _deletable = [];
    private IReadOnlyList<Lease> _unconfirmedEnds = [];
    private long _unconfirmedEndsFoundAt;

    /// <summary>Checks the leases before this worker uses them, and repairs those with which it would read the wrong records.</summary>
    /// <param name="leases">The listing of the table.</param>
    /// <param name="mayWrite">Whether this worker may write leases.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="InvalidStateException">The leases belong to another stream. Nothing was written.</exception>
    public async ValueTask CheckAsync(LeaseListing leases, bool mayWrite, CancellationToken cancellationToken)
    {
        if (stream.Keys.GetRefusalReason(settings.Application, leases) is { } otherStreams)
        {
            throw new InvalidStateException(otherStreams);
        }

        if (leases.Count == 0 || stream.Identity is not { } identity)
        {
            return;
        }

        var tree = LeaseReview.NeedsShards(leases, identity)
            ? await shards.ListAsync(TimeSpan.Zero, cancellationToken).ConfigureAwait(false)
            : null;
        var review = LeaseReview.Of(leases, identity, tree, stream.Now);
        if (review.GetRefusalReason(settings.Application) is { } refusal)
        {
            throw new InvalidStateException(refusal);
        }

        if (!mayWrite || tree is null)
        {
            return;
        }

        // The leader makes all repairs that are not urgent.
        if (review.IsRecreated)
        {
            await CreateAndMoveAsync(leases, review, tree, identity, cancellationToken).ConfigureAwait(false);
        }

        await _repairer.DescribeAsync(review.DescriptiveWrites.Where(r => r.IsUrgent), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Runs the whole maintenance once.</summary>
    /// <returns>True if a contradiction was found that a second run must confirm; otherwise, false.</returns>
    public async ValueTask<bool> RunAsync(LeaseListing leases, CancellationToken cancellationToken)
    {
        if (leases.Count + leases.Unreadable.Count == 0)
        {
            // If only rows of other streams are left, the table no longer belongs to this application, and nothing is written to it.
            if (leases.OtherStreams.Count == 0)
            {
                await creator.CreateFirstAsync(stream.Now, cancellationToken).ConfigureAwait(false);
                onLeasesChanged();
            }

            return false;
        }

        if (!await stream.RefreshAsync(cancellationToken).ConfigureAwait(false))
        {
            return false;
        }

        var identity = stream.Identity!;
        var tree = await shards.ListAsync(TimeSpan.Zero, cancellationToken).ConfigureAwait(false);
        var review = LeaseReview.Of(leases, identity, tree, stream.Now);
        if (review.GetRefusalReason(settings.Application) is { } refusal)
        {
            if (_refusalLogThrottle.ShouldReport())
            {
                CoordinationLog.LeasesOfAnotherStream(services.Logger, refusal);
            }

            return false;
        }

        await CreateAndMoveAsync(leases, review, tree, identity, cancellationToken).ConfigureAwait(false);
        await _repairer.DescribeAsync(review.DescriptiveWrites, cancellationToken).ConfigureAwait(false);
        var needsConfirmation = await RepairEndsAsync(review, tree, identity, cancellationToken).ConfigureAwait(false);
        if (_auditor.Audit(leases, s => tree.Find(s)?.HashKeyRange) && _auditor.Hole is { } hole)
        {
            CoordinationLog.HashRangeHole(services.Logger, hole.Start, hole.End, _auditor.Times);
        }

        // A lease of an earlier stream shows neither that its shard was finished nor that it is being processed.
        var stale = review.Stale;
        await CleanUpAsync([.. leases.Where(l => !stale.Contains(l.Key))], tree, cancellationToken).ConfigureAwait(false);
        return needsConfirmation;
    }

    /// <summary>
    /// Creates missing leases, and moves leases of an earlier stream into the current one: restarts, continues or removes them.
    /// </summary>
    /// <remarks>
    /// Missing leases are created first, and leases without a shard are removed last. If this is interrupted, the remaining leases still
    /// show the next worker that the stream was re-created.
    /// </remarks>
    private async ValueTask CreateAndMoveAsync(
        LeaseListing leases, LeaseReview review, ShardTree tree, StreamIdentity identity, CancellationToken cancellationToken)
    {
        var named = await _repairer.NameEarlierStreamAsync(leases, review, identity, cancellationToken).ConfigureAwait(false);
        var (created, plan) = await creator.CreateMissingAsync(tree, leases, review, cancellationToken).ConfigureAwait(false);
        var isChanged = await RestartAsync(leases, review, tree, created, plan, cancellationToken).ConfigureAwait(false);
        foreach (var lease in review.LeasesToContinue)
        {
            var shard = tree.Find(lease.ShardId)!;
            isChanged |= await _repairer.RepairAsync(
                lease,
                row => LeaseReview.NamesEarlierStream(row, identity) && LeaseOrigins.Determine(row, identity, shard) == LeaseOrigin.Current
                    ? LeaseMoves.CreateContinuation(row, shard, identity)
                    : null,
                identity,
                cancellationToken).ConfigureAwait(false);
        }

        foreach (var lease in plan.IsUsable ? review.LeasesToRemove : [])
        {
            var removal = LeaseMoves.CreateRemoval(named.GetValueOrDefault(lease.Key, lease));
            var result = await services.Store.TryWriteAsync(lease.Key, removal, cancellationToken).ConfigureAwait(false);
            if (result.Succeeded)
            {
                CoordinationLog.EarlierLeaseRemoved(services.Logger, lease.ShardId, identity.Describe());
            }
        }

        if (isChanged || created.Count > 0)
        {
            onLeasesChanged();
        }
    }

    /// <summary>
    /// Restarts leases of an earlier stream. A parent without a lease counts as finished, so leases of ancestors in the current shard list
    /// are written first. If such a write fails, its descendants are left to the next run.
    /// </summary>
    /// <returns>True if a lease was written; otherwise, false.</returns>
    private async ValueTask<bool> RestartAsync(
        LeaseListing leases,
        LeaseReview review,
        ShardTree tree,
        IReadOnlyList<Lease> created,
        ShardSyncPlan plan,
        CancellationToken cancellationToken)
    {
        var identity = stream.Identity!;
        var keys = stream.Keys;
        var stale = review.LeasesToRestart.ToDictionary(l => l.Key);
        var written = leases.Select(l => l.Key).Where(k => !stale.ContainsKey(k)).Concat(created.Select(l => l.Key)).ToHashSet();
        var isChanged = false;
        foreach (var shard in ShardSyncPlanner.AddMissingAncestors(tree, keys, stale.Values, plan.LeasesToRestart, written))
        {
            var key = keys.For(shard.ShardId);
            if (!plan.LeasesToRestart.Contains(key) && !tree.ParentsOf(shard).All(p => written.Contains(keys.For(p.ShardId))))
            {
                continue;
            }

            var isWritten = stale.TryGetValue(key, out var lease)
                ? await _repairer.RepairAsync(lease, row => CreateRestart(row, shard, identity), identity, cancellationToken)
                    .ConfigureAwait(false)
                : await creator.CreateAncestorAsync(shard, cancellationToken).ConfigureAwait(false);
            if (isWritten)
            {
                written.Add(key);
                isChanged = true;
            }
        }

        return isChanged;
    }

    // Returns the write that the row needs in its current state; null if none.
    private static LeaseWrite? CreateRestart(Lease row, Shard shard, StreamIdentity identity) =>
        LeaseOrigins.Determine(row, identity, shard) switch
        {
            LeaseOrigin.Earlier or LeaseOrigin.Contradicted => LeaseMoves.CreateRestart(row, shard, identity),
            LeaseOrigin.Unknown when LeaseOrigins.Fits(row.Checkpoint, identity, shard) != true =>
                LeaseMoves.CreateRestart(row, shard, identity),
            LeaseOrigin.Current when LeaseReview.NamesEarlierStream(row, identity) => LeaseMoves.CreateContinuation(row, shard, identity),
            _ => null,
        };

    /// <summary>
    /// Repairs leases at <c>SHARD_END</c> whose shard is listed as open. A shard list can be outdated, so the contradiction must be found
    /// in two lists that are at least <see cref="ShardAbsence.MaxListDelay"/> apart.
    /// </summary>
    /// <returns>True if a contradiction was found that a second run must confirm; otherwise, false.</returns>
    private async ValueTask<bool> RepairEndsAsync(
        LeaseReview review, ShardTree tree, StreamIdentity identity, CancellationToken cancellationToken)
    {
        var found = review.ContradictedEnds;
        var confirmed = found.Where(l => _unconfirmedEnds.Any(f => IsSame(f, l))).ToList();
        if (confirmed.Count > 0 && services.Time.GetElapsedTime(_unconfirmedEndsFoundAt) < ShardAbsence.MaxListDelay)
        {
            return true;
        }

        _unconfirmedEnds = found;
        _unconfirmedEndsFoundAt = services.Time.GetTimestamp();
        var repaired = 0;
        foreach (var lease in confirmed)
        {
            var shard = tree.Find(lease.ShardId)!;
            var isRepaired = await _repairer.RepairAsync(
                lease,
                row => row.Counter == lease.Counter ? LeaseMoves.CreateRestart(row, shard, identity) : null,
                identity,
                cancellationToken).ConfigureAwait(false);
            repaired += isRepaired ? 1 : 0;
        }

        if (repaired > 0)
        {
            onLeasesChanged();
        }

        return found.Count > repaired;

        // A finished lease has no owner. If the lease has an owner both times, the shard is still being processed, and the counter
        // advances.
        static bool IsSame(Lease former, Lease lease) =>
            former.Key == lease.Key && (former.Counter == lease.Counter || (former.Owner is not null && lease.Owner is not null));
    }

    private async ValueTask CleanUpAsync(IReadOnlyList<Lease> leases, ShardTree tree, CancellationToken cancellationToken)
    {
        var deletable = LeaseCleanup.Plan(leases, tree, stream.Keys, settings.DeletesFinishedLeases);

        // A listing can be outdated, so a lease is deleted only if two consecutive runs selected it with the same counter.
        foreach (var lease in deletable.Where(l => _deletable.Any(d => d.Key == l.Key && d.Counter == l.Counter)))
        {
            if ((await services.Store.TryDeleteAsync(lease.Key, lease.Counter, cancellationToken).ConfigureAwait(false)).Succeeded)
            {
                CoordinationLog.LeaseCleanedUp(services.Logger, lease.ShardId);
            }
        }

        _deletable = deletable;
    }
}
