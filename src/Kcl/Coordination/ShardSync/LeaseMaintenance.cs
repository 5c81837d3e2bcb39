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
    //
    // A lease starts over where the plan needs one, or where every listed parent has a lease of the present stream by now. Otherwise its
    // shard would be read before its ancestors, because a parent without a lease counts as finished. The lease is then removed: the end
    // of the parents creates it again.
    private async ValueTask MoveAsync(
        LeaseListing leases, LeaseReview review, ShardTree tree, StreamIdentity identity, CancellationToken cancellationToken)
    {
        var (created, plan) = await creator.CreateMissingAsync(tree, leases, review, cancellationToken).ConfigureAwait(false);
        var stale = review.Stale;
        var present = leases.Where(l => !stale.Contains(l.Key)).Concat(created).Select(l => l.Key).ToHashSet();
        var isChanged = created.Count > 0;
        foreach (var lease in review.StartOver.Concat(review.GoOn).Concat(review.Remove))
        {
            var shard = tree.Find(lease.ShardId);
            var startsOver = shard is not null
                && (plan.StartOver.Contains(lease.Key) || tree.ParentsOf(shard).All(p => present.Contains(stream.Keys.For(p.ShardId))));
            var isRepaired = await _repairer.RepairAsync(lease, row => Move(row, shard, startsOver), identity, cancellationToken)
                .ConfigureAwait(false);
            if (isRepaired && startsOver)
            {
                present.Add(lease.Key);
            }

            isChanged |= isRepaired && shard is not null;
        }

        if (isChanged)
        {
            onLeasesChanged();
        }

        // Returns the write that the row still needs, as it is now.
        LeaseWrite? Move(Lease row, Shard? shard, bool startsOver) => LeaseOrigins.Judge(row, identity, shard) switch
        {
            LeaseOrigin.Unknown when LeaseOrigins.Fits(row.Checkpoint, identity, shard) == true => null,
            LeaseOrigin.Earlier or LeaseOrigin.Contradicted or LeaseOrigin.Unknown =>
                startsOver ? LeaseMoves.StartingOver(row, shard!, identity)
                : plan.IsUsable ? LeaseMoves.Removing(row)
                : null,
            LeaseOrigin.Current when shard is not null && LeaseReview.NamesEarlierStream(row, identity) =>
                LeaseMoves.GoingOn(row, shard, identity),
            _ => null,
        };
    }

    /// <summary>Repairs leases that end an open shard. A single list may be behind: the contradiction must be found twice.</summary>
    /// <returns>Whether a contradiction must be found again.</returns>
    private async ValueTask<bool> RepairEndsAsync(
        LeaseReview review, ShardTree tree, StreamIdentity identity, CancellationToken cancellationToken)
    {
        var former = _endedThoughOpen;
        _endedThoughOpen = review.EndedThoughOpen;
        var repaired = 0;
        foreach (var lease in review.EndedThoughOpen.Where(l => former.Any(f => IsSame(f, l))))
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

        return review.EndedThoughOpen.Count > repaired;

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
