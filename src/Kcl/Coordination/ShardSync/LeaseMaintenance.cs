using Kcl.Internal;
using Kcl.Kinesis;
using Kcl.Leasing;
using Kcl.Streams;

namespace Kcl.Coordination.ShardSync;

/// <summary>Brings the leases in line with the stream: creates missing leases, repairs, annotates, audits, and cleans up.</summary>
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
    private readonly LogThrottle _refusalLogged = new(services.Time);
    private IReadOnlyList<Lease> _deletable = [];
    private IReadOnlyList<Lease> _endedThoughOpen = [];
    private long _endedThoughOpenFoundAt;

    /// <summary>Checks the leases before this worker uses any, and repairs what would make it read the wrong records.</summary>
    /// <param name="leases">The table as read.</param>
    /// <param name="mayWrite">Whether this worker may write leases.</param>
    /// <param name="cancellationToken">Abandons the call.</param>
    /// <exception cref="InvalidStateException">The leases belong to another stream. Nothing was written.</exception>
    public async ValueTask CheckAsync(LeaseListing leases, bool mayWrite, CancellationToken cancellationToken)
    {
        if (stream.Keys.Refusal(settings.Application, leases) is { } otherStreams)
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
        if (review.Refusal(settings.Application) is { } refusal)
        {
            throw new InvalidStateException(refusal);
        }

        if (!mayWrite || tree is null)
        {
            return;
        }

        // Everything that is not urgent is left to the leader.
        if (review.IsCreatedAgain)
        {
            await MoveAsync(leases, review, tree, identity, cancellationToken).ConfigureAwait(false);
        }

        await _repairer.DescribeAsync(review.Describe.Where(r => r.IsUrgent), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Runs the whole maintenance once.</summary>
    /// <returns>Whether something was found that must be found again before it is acted upon.</returns>
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
        if (review.Refusal(settings.Application) is { } refusal)
        {
            if (_refusalLogged.ShouldReport())
            {
                CoordinationLog.LeasesOfAnotherStream(services.Logger, refusal);
            }

            return false;
        }

        await MoveAsync(leases, review, tree, identity, cancellationToken).ConfigureAwait(false);
        await _repairer.DescribeAsync(review.Describe, cancellationToken).ConfigureAwait(false);
        var isInDoubt = await RepairEndsAsync(review, tree, identity, cancellationToken).ConfigureAwait(false);
        if (_auditor.Audit(leases, s => tree.Find(s)?.HashKeyRange) && _auditor.Hole is { } hole)
        {
            CoordinationLog.HashRangeHole(services.Logger, hole.Start, hole.End, _auditor.Times);
        }

        // A lease of an earlier stream shows neither that its shard was finished nor that it is being processed.
        var stale = review.Stale;
        await CleanUpAsync([.. leases.Where(l => !stale.Contains(l.Key))], tree, cancellationToken).ConfigureAwait(false);
        return isInDoubt;
    }

    // Missing leases are created first, and leases without a shard are removed last: after an interruption, the rest still shows the next
    // worker that the stream was created again.
    private async ValueTask MoveAsync(
        LeaseListing leases, LeaseReview review, ShardTree tree, StreamIdentity identity, CancellationToken cancellationToken)
    {
        var named = await _repairer.NameEarlierStreamAsync(leases, review, identity, cancellationToken).ConfigureAwait(false);
        var (created, plan) = await creator.CreateMissingAsync(tree, leases, review, cancellationToken).ConfigureAwait(false);
        var isChanged = await StartOverAsync(leases, review, tree, created, plan, cancellationToken).ConfigureAwait(false);
        foreach (var lease in review.GoOn)
        {
            var shard = tree.Find(lease.ShardId)!;
            isChanged |= await _repairer.RepairAsync(
                lease,
                row => LeaseReview.NamesEarlierStream(row, identity) && LeaseOrigins.Judge(row, identity, shard) == LeaseOrigin.Current
                    ? LeaseMoves.GoingOn(row, shard, identity)
                    : null,
                identity,
                cancellationToken).ConfigureAwait(false);
        }

        foreach (var lease in plan.IsUsable ? review.Remove : [])
        {
            var removal = LeaseMoves.Removing(named.GetValueOrDefault(lease.Key, lease));
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
    /// Starts leases of an earlier stream over. A parent without a lease counts as finished, so the ancestors that the present stream
    /// lists get their leases first. If one of those writes does not succeed, the descendants wait for the next run.
    /// </summary>
    /// <returns>Whether a lease was written.</returns>
    private async ValueTask<bool> StartOverAsync(
        LeaseListing leases,
        LeaseReview review,
        ShardTree tree,
        IReadOnlyList<Lease> created,
        ShardSyncPlan plan,
        CancellationToken cancellationToken)
    {
        var identity = stream.Identity!;
        var stale = review.StartOver.ToDictionary(l => l.ShardId);
        var present = leases.Where(l => !stale.ContainsKey(l.ShardId)).Concat(created).Select(l => l.ShardId).ToHashSet();
        var isChanged = false;
        foreach (var shard in ShardSyncPlanner.WithMissingAncestors(tree, stale.Keys, plan.StartOver, present))
        {
            if (!plan.StartOver.Contains(shard.ShardId) && !tree.ParentsOf(shard).All(p => present.Contains(p.ShardId)))
            {
                continue;
            }

            var isWritten = stale.TryGetValue(shard.ShardId, out var lease)
                ? await _repairer.RepairAsync(lease, row => StartOver(row, shard, identity), identity, cancellationToken)
                    .ConfigureAwait(false)
                : await creator.CreateAncestorAsync(shard, cancellationToken).ConfigureAwait(false);
            if (isWritten)
            {
                present.Add(shard.ShardId);
                isChanged = true;
            }
        }

        return isChanged;
    }

    // Returns the write that the row still needs, as it is now.
    private static LeaseWrite? StartOver(Lease row, Shard shard, StreamIdentity identity) =>
        LeaseOrigins.Judge(row, identity, shard) switch
        {
            LeaseOrigin.Earlier or LeaseOrigin.Contradicted => LeaseMoves.StartingOver(row, shard, identity),
            LeaseOrigin.Unknown when LeaseOrigins.Fits(row.Checkpoint, identity, shard) != true =>
                LeaseMoves.StartingOver(row, shard, identity),
            LeaseOrigin.Current when LeaseReview.NamesEarlierStream(row, identity) => LeaseMoves.GoingOn(row, shard, identity),
            _ => null,
        };

    /// <summary>
    /// Repairs leases that end an open shard. A list may be behind: the contradiction must be found twice, so far apart that the second
    /// list
    /// is younger than the end.
    /// </summary>
    /// <returns>Whether a contradiction must be found again.</returns>
    private async ValueTask<bool> RepairEndsAsync(
        LeaseReview review, ShardTree tree, StreamIdentity identity, CancellationToken cancellationToken)
    {
        var found = review.EndedThoughOpen;
        var confirmed = found.Where(l => _endedThoughOpen.Any(f => IsSame(f, l))).ToList();
        if (confirmed.Count > 0 && services.Time.GetElapsedTime(_endedThoughOpenFoundAt) < ShardAbsence.MaxListDelay)
        {
            return true;
        }

        _endedThoughOpen = found;
        _endedThoughOpenFoundAt = services.Time.GetTimestamp();
        var repaired = 0;
        foreach (var lease in confirmed)
        {
            var shard = tree.Find(lease.ShardId)!;
            var isRepaired = await _repairer.RepairAsync(
                lease,
                row => row.Counter == lease.Counter ? LeaseMoves.StartingOver(row, shard, identity) : null,
                identity,
                cancellationToken).ConfigureAwait(false);
            repaired += isRepaired ? 1 : 0;
        }

        if (repaired > 0)
        {
            onLeasesChanged();
        }

        return found.Count > repaired;

        // A finished lease has no owner. A lease that has an owner both times is still being processed, and its counter advances.
        static bool IsSame(Lease former, Lease lease) =>
            former.Key == lease.Key && (former.Counter == lease.Counter || (former.Owner is not null && lease.Owner is not null));
    }

    private async ValueTask CleanUpAsync(IReadOnlyList<Lease> leases, ShardTree tree, CancellationToken cancellationToken)
    {
        var deletable = LeaseCleanup.Plan(leases, tree, stream.Keys, settings.DeletesFinishedLeases);

        // A list or a reading may be a moment behind: a lease is deleted if it was selected twice.
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
