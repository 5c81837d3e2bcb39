using Kcl.Internal;
using Kcl.Kinesis;
using Kcl.Leasing;
using Kcl.Streams;

namespace Kcl.Coordination;

/// <summary>Brings the leases in line with the stream: adds what is missing, repairs, notes, audits, cleans up.</summary>
/// <param name="context">The leases.</param>
/// <param name="shards">The shard list.</param>
/// <param name="stream">The stream.</param>
/// <param name="sync">Makes missing leases.</param>
/// <param name="application">The application's name.</param>
/// <param name="cleansUp">Whether leases of finished shards are removed once their children are under way.</param>
/// <param name="leasesChanged">Called when there are leases to take that were not there before.</param>
internal sealed class LeaseMaintenance(LeasingServices context, ShardListReader shards, StreamWatch stream, ShardSync sync, string application, bool cleansUp, Action leasesChanged)
{
    private const int Attempts = 5;
    private readonly ShardAuditor _auditor = new();
    private readonly LogThrottle _refusalTold = new(TimeSpan.FromMinutes(1), context.Time);
    private IReadOnlyList<Lease> _doomed = [];
    private IReadOnlyList<Lease> _doubted = [];

    /// <summary>Checks the leases before this worker uses any, and repairs what would make it read the wrong records.</summary>
    /// <param name="leases">The table as read.</param>
    /// <param name="mayWrite">Whether this worker may write to leases at all.</param>
    /// <param name="cancellationToken">Abandons the work.</param>
    /// <exception cref="InvalidStateException">The leases belong to another stream. Nothing was written.</exception>
    public async ValueTask CheckAsync(LeaseListing leases, bool mayWrite, CancellationToken cancellationToken)
    {
        if (stream.Keys.Refusal(application, leases) is { } reason)
        {
            throw new InvalidStateException(reason);
        }

        if (leases.Count == 0 || stream.Identity is not { } identity)
        {
            return;
        }

        var tree = LeaseReview.NeedsShards(leases, identity) ? await shards.ListAsync(TimeSpan.Zero, cancellationToken).ConfigureAwait(false) : null;
        var review = LeaseReview.Of(leases, identity, tree, stream.Now);
        if (review.Refusal(application) is { } refusal)
        {
            throw new InvalidStateException(refusal);
        }

        if (!mayWrite || tree is null)
        {
            return;
        }

        // What can wait is left to the one worker that does it for all.
        if (review.IsCreatedAgain)
        {
            await MoveAsync(leases, review, tree, identity, cancellationToken).ConfigureAwait(false);
        }

        await DescribeAsync(review.Describe.Where(r => r.IsUrgent), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Does everything once.</summary>
    /// <returns>Whether something was seen that has to be seen again before it is acted upon.</returns>
    public async ValueTask<bool> DoAsync(LeaseListing leases, CancellationToken cancellationToken)
    {
        if (leases.Count + leases.Unreadable.Count == 0)
        {
            // Only rows of other streams are left: the table is no longer this application's, and nothing is written to it.
            if (leases.OtherStreams.Count > 0)
            {
                return false;
            }

            await sync.StartAsync(stream.Now, cancellationToken).ConfigureAwait(false);
            leasesChanged();
            return false;
        }

        if (!await stream.LookAsync(cancellationToken).ConfigureAwait(false))
        {
            return false;
        }

        var identity = stream.Identity!;
        var tree = await shards.ListAsync(TimeSpan.Zero, cancellationToken).ConfigureAwait(false);
        var review = LeaseReview.Of(leases, identity, tree, stream.Now);
        if (review.Refusal(application) is { } refusal)
        {
            if (_refusalTold.ShouldReport())
            {
                CoordinationLog.LeasesOfAnotherStream(context.Logger, refusal);
            }

            return false;
        }

        await MoveAsync(leases, review, tree, identity, cancellationToken).ConfigureAwait(false);
        await DescribeAsync(review.Describe, cancellationToken).ConfigureAwait(false);
        var isInDoubt = await RepairEndsAsync(review, tree, identity, cancellationToken).ConfigureAwait(false);
        if (_auditor.Audit(leases, s => tree.Find(s)?.HashKeyRange) && _auditor.Hole is { } hole)
        {
            CoordinationLog.HashRangeHole(context.Logger, hole.Start, hole.End, _auditor.Times);
        }

        await CleanUpAsync(leases, tree, cancellationToken).ConfigureAwait(false);
        return isInDoubt;
    }

    // What is missing comes first, and what is of no use any more goes last: whoever stops in between leaves leases that tell the next one
    // that the stream was created again.
    private async ValueTask MoveAsync(LeaseListing leases, LeaseReview review, ShardTree tree, StreamIdentity identity, CancellationToken cancellationToken)
    {
        var (created, wasUsable) = await sync.AddMissingAsync(tree, leases, cancellationToken).ConfigureAwait(false);
        var repaired = 0;
        foreach (var lease in review.StartOver.Concat(review.GoOn))
        {
            var shard = tree.Find(lease.ShardId)!;
            repaired += await RepairAsync(lease, row => Moving(row, shard, identity), identity, cancellationToken).ConfigureAwait(false) ? 1 : 0;
        }

        foreach (var lease in wasUsable ? review.Remove : [])
        {
            if ((await context.Store.TryDeleteAsync(lease.Key, lease.Counter, cancellationToken).ConfigureAwait(false)).Succeeded)
            {
                CoordinationLog.EarlierLeaseRemoved(context.Logger, lease.ShardId, identity.Describe());
            }
        }

        if (created + repaired > 0)
        {
            leasesChanged();
        }
    }

    // The write that the row still needs, as it is now.
    private static LeaseWrite? Moving(Lease row, Shard shard, StreamIdentity identity) => LeaseOrigins.Judge(row, identity, shard) switch
    {
        LeaseOrigin.Earlier or LeaseOrigin.Contradicted => LeaseMoves.StartingOver(row, shard, identity),
        LeaseOrigin.Unknown when LeaseOrigins.Fits(row.Checkpoint, identity, shard) != true => LeaseMoves.StartingOver(row, shard, identity),
        LeaseOrigin.Current when LeaseReview.NamesEarlierStream(row, identity) => LeaseMoves.GoingOn(row, shard, identity),
        _ => null,
    };

    private async ValueTask DescribeAsync(IEnumerable<LeaseRepair> repairs, CancellationToken cancellationToken)
    {
        foreach (var some in repairs.Chunk(ShardSync.WritesAtOnce))
        {
            await Task.WhenAll(some.Select(r => context.Store.TryWriteAsync(r.Lease.Key, r.Write, cancellationToken).AsTask())).ConfigureAwait(false);
        }
    }

    /// <summary>Repairs leases that end an open shard. What the list shows once may be a moment behind: it has to be seen twice.</summary>
    /// <returns>Whether there is something to see again.</returns>
    private async ValueTask<bool> RepairEndsAsync(LeaseReview review, ShardTree tree, StreamIdentity identity, CancellationToken cancellationToken)
    {
        var doubted = _doubted;
        _doubted = review.EndedThoughOpen;
        var repaired = 0;
        // A finished lease has no owner. One that has an owner at both looks is still processed, and its counter moves.
        foreach (var lease in review.EndedThoughOpen.Where(l => doubted.Any(d => d.Key == l.Key && (d.Counter == l.Counter || (d.Owner, l.Owner) is (not null, not null)))))
        {
            var shard = tree.Find(lease.ShardId)!;
            repaired += await RepairAsync(lease, row => row.Counter == lease.Counter ? LeaseMoves.StartingOver(row, shard, identity) : null, identity, cancellationToken).ConfigureAwait(false) ? 1 : 0;
        }

        if (repaired > 0)
        {
            leasesChanged();
        }

        return review.EndedThoughOpen.Count > repaired;
    }

    /// <summary>
    /// Repairs a lease in place. A live owner moves the counter meanwhile: then it is tried again on the row as it is by then, if that
    /// still needs it.
    /// </summary>
    /// <returns>Whether it was repaired here.</returns>
    private async ValueTask<bool> RepairAsync(Lease lease, Func<Lease, LeaseWrite?> repair, StreamIdentity identity, CancellationToken cancellationToken)
    {
        var row = lease;
        for (var attempt = 0; attempt < Attempts && repair(row) is { } wanted; attempt++)
        {
            var write = await context.Store.TryWriteAsync(row.Key, wanted, cancellationToken).ConfigureAwait(false);
            if (write.Succeeded)
            {
                Tell(row, wanted, identity);
                return true;
            }

            if ((write.Current ?? await context.Store.GetAsync(row.Key, cancellationToken).ConfigureAwait(false)) is not { } current)
            {
                return false;
            }

            row = current;
        }

        return false;
    }

    // Told when it is done, not before: the write may meet a row that does not need it any more.
    private void Tell(Lease before, LeaseWrite write, StreamIdentity identity)
    {
        if (write.Change is LeaseUpdate { Checkpoint: null })
        {
            CoordinationLog.MovedIntoStream(context.Logger, before.ShardId, before.Checkpoint, identity.Describe());
        }
        else if (before.Checkpoint.IsShardEnd && LeaseAnnotations.StreamOf(before)?.To(identity) is null or StreamRelation.Same)
        {
            CoordinationLog.EndTakenBack(context.Logger, before.ShardId);
        }
        else
        {
            CoordinationLog.StartedOver(context.Logger, before.ShardId, before.Checkpoint, identity.Describe());
        }
    }

    private async ValueTask CleanUpAsync(IReadOnlyList<Lease> leases, ShardTree tree, CancellationToken cancellationToken)
    {
        var doomed = LeaseCleanup.Plan(leases, tree, stream.Keys, cleansUp);

        // A listing or a reading may be a moment behind: what is deleted was found dispensable twice.
        foreach (var lease in doomed.Where(l => _doomed.Any(d => d.Key == l.Key && d.Counter == l.Counter)))
        {
            if ((await context.Store.TryDeleteAsync(lease.Key, lease.Counter, cancellationToken).ConfigureAwait(false)).Succeeded)
            {
                CoordinationLog.LeaseCleanedUp(context.Logger, lease.ShardId);
            }
        }

        _doomed = doomed;
    }
}
