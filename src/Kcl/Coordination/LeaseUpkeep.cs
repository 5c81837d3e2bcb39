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
internal sealed class LeaseUpkeep(LeaseContext context, ShardListReader shards, StreamWatch stream, ShardSync sync, string application, bool cleansUp, Action leasesChanged)
{
    private const int Attempts = 5;
    private readonly ShardAuditor _auditor = new();
    private readonly RepeatGuard _refusalTold = new(TimeSpan.FromMinutes(1), context.Time);
    private IReadOnlyList<Lease> _doomed = [];
    private IReadOnlyList<Lease> _doubted = [];

    /// <summary>Checks the leases before this worker uses any, and repairs what would make it read the wrong records.</summary>
    /// <param name="leases">The table as read.</param>
    /// <param name="mayWrite">Whether this worker may write to leases at all.</param>
    /// <param name="cancellationToken">Abandons the work.</param>
    /// <exception cref="InvalidStateException">The leases belong to another stream. Nothing was written.</exception>
    public async ValueTask CheckAsync(LeaseListing leases, bool mayWrite, CancellationToken cancellationToken)
    {
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
            await RepairAsync(leases, review, tree, identity, cancellationToken).ConfigureAwait(false);
        }

        await DescribeAsync(review.Describe.Where(r => r.IsUrgent), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Does everything once.</summary>
    /// <returns>Whether something was seen that has to be seen again before it is acted upon.</returns>
    public async ValueTask<bool> DoAsync(LeaseListing leases, CancellationToken cancellationToken)
    {
        if (leases.Count + leases.Unreadable.Count == 0)
        {
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

        await RepairAsync(leases, review, tree, identity, cancellationToken).ConfigureAwait(false);
        await DescribeAsync(review.Describe, cancellationToken).ConfigureAwait(false);
        var isInDoubt = await RepairEndsAsync(review, tree, identity, cancellationToken).ConfigureAwait(false);
        if (_auditor.Audit(leases, s => tree.Find(s)?.HashKeyRange) && _auditor.Hole is { } hole)
        {
            CoordinationLog.HashRangeHole(context.Logger, hole.Start, hole.End, _auditor.Times);
        }

        await CleanUpAsync(leases, tree, cancellationToken).ConfigureAwait(false);
        return isInDoubt;
    }

    // What is missing comes first, and what is of no use any more goes last: whoever stops in between leaves leases that tell the next one that the stream was created again.
    private async ValueTask RepairAsync(LeaseListing leases, LeaseReview review, ShardTree tree, StreamIdentity identity, CancellationToken cancellationToken)
    {
        var (created, wasUsable) = await sync.AddMissingAsync(tree, leases, cancellationToken).ConfigureAwait(false);
        var restarted = 0;
        foreach (var lease in review.StartOver)
        {
            restarted += await StartOverAsync(lease, tree.Find(lease.ShardId)!, identity, cancellationToken).ConfigureAwait(false) ? 1 : 0;
        }

        foreach (var lease in wasUsable ? review.Remove : [])
        {
            if ((await context.Store.TryDeleteAsync(lease.Key, lease.Counter, cancellationToken).ConfigureAwait(false)).Succeeded)
            {
                CoordinationLog.EarlierLeaseRemoved(context.Logger, lease.ShardId, identity.Describe());
            }
        }

        if (created + restarted > 0)
        {
            leasesChanged();
        }
    }

    private async ValueTask DescribeAsync(IEnumerable<LeaseRepair> repairs, CancellationToken cancellationToken)
    {
        foreach (var some in repairs.Chunk(ShardSync.WritesAtOnce))
        {
            await Task.WhenAll(some.Select(r => context.Store.TryUpdateAsync(r.Lease.Key, r.Update, cancellationToken).AsTask())).ConfigureAwait(false);
        }
    }

    /// <summary>Repairs leases that end an open shard. What the list shows once may be a moment behind: it has to be seen twice.</summary>
    /// <returns>Whether there is something to see again.</returns>
    private async ValueTask<bool> RepairEndsAsync(LeaseReview review, ShardTree tree, StreamIdentity identity, CancellationToken cancellationToken)
    {
        var doubted = _doubted;
        _doubted = review.EndedThoughOpen;
        var restarted = 0;
        foreach (var lease in review.EndedThoughOpen.Where(l => doubted.Any(d => d.Key == l.Key && d.Counter == l.Counter)))
        {
            restarted += await StartOverAsync(lease, tree.Find(lease.ShardId)!, identity, cancellationToken).ConfigureAwait(false) ? 1 : 0;
        }

        if (restarted > 0)
        {
            leasesChanged();
        }

        return review.EndedThoughOpen.Count > restarted;
    }

    /// <summary>Starts a lease over, in place. A live owner moves the counter meanwhile: then it is tried again on the row as it is by then, if that still needs it.</summary>
    /// <returns>Whether it was started over here.</returns>
    private async ValueTask<bool> StartOverAsync(Lease lease, Shard shard, StreamIdentity identity, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var before = lease;
            var write = await context.Store.TryUpdateAsync(lease.Key, LeaseReview.StartingOver(lease, shard, identity), cancellationToken).ConfigureAwait(false);
            if (write.Succeeded)
            {
                TellStartedOver(before, identity, shard);
                return true;
            }

            if ((write.Current ?? await context.Store.GetAsync(lease.Key, cancellationToken).ConfigureAwait(false)) is not { } current || !StillNeedsIt(current))
            {
                return false;
            }

            lease = current;
        }

        return false;

        bool StillNeedsIt(Lease now) => IsOfEarlierStream(now, identity, shard) || (now.Checkpoint.IsShardEnd && lease.Checkpoint.IsShardEnd);
    }

    private static bool IsOfEarlierStream(Lease lease, StreamIdentity identity, Shard shard) => LeaseOrigins.Judge(lease, identity, shard) is LeaseOrigin.Earlier or LeaseOrigin.Contradicted;

    private void TellStartedOver(Lease before, StreamIdentity identity, Shard shard)
    {
        if (IsOfEarlierStream(before, identity, shard))
        {
            CoordinationLog.StartedOver(context.Logger, before.ShardId, before.Checkpoint, identity.Describe());
        }
        else
        {
            CoordinationLog.EndTakenBack(context.Logger, before.ShardId);
        }
    }

    private async ValueTask CleanUpAsync(IReadOnlyList<Lease> leases, ShardTree tree, CancellationToken cancellationToken)
    {
        var doomed = LeaseCleanup.Plan(leases, tree, cleansUp);

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
