using Kcl.Leasing;
using Kcl.Streams;

namespace Kcl.Coordination.ShardSync;

/// <summary>Writes the repairs of leases.</summary>
/// <param name="services">The services of the coordination.</param>
internal sealed class LeaseRepairer(CoordinationServices services)
{
    private const int MaxAttempts = 5;

    /// <summary>Writes descriptive attributes, without a condition on the counter.</summary>
    public async ValueTask DescribeAsync(IEnumerable<LeaseRepair> repairs, CancellationToken cancellationToken)
    {
        foreach (var chunk in repairs.Chunk(LeaseCreator.MaxConcurrentWrites))
        {
            await Task.WhenAll(chunk.Select(r => services.Store.TryWriteAsync(r.Lease.Key, r.Write, cancellationToken).AsTask()))
                .ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Stores the earlier stream in the leases that belong to it but name no stream. After an interruption, the next run then recognizes
    /// them without other leases that name that stream.
    /// </summary>
    /// <returns>The leases that were written, in their new state.</returns>
    public async ValueTask<IReadOnlyDictionary<LeaseKey, Lease>> NameEarlierStreamAsync(
        LeaseListing leases, LeaseReview review, StreamIdentity identity, CancellationToken cancellationToken)
    {
        var named = new Dictionary<LeaseKey, Lease>();
        if (leases.FirstOrDefault(l => LeaseReview.NamesEarlierStream(l, identity)) is { } neighbor)
        {
            var earlier = LeaseAnnotations.StreamOf(neighbor)!;
            foreach (var lease in review.LeasesToRestart.Concat(review.LeasesToRemove).Where(l => LeaseAnnotations.StreamOf(l) is null))
            {
                var write = LeaseMoves.CreateStreamNote(lease, earlier);
                var result = await services.Store.TryWriteAsync(lease.Key, write, cancellationToken).ConfigureAwait(false);
                if (result is { Succeeded: true, Current: { } current })
                {
                    named[lease.Key] = current;
                }
            }
        }

        return named;
    }

    /// <summary>
    /// Repairs a lease in place. If a live owner advances the counter in the meantime, the repair is repeated with the new row, if the row
    /// still needs it.
    /// </summary>
    /// <returns>True if the lease was repaired; otherwise, false.</returns>
    public async ValueTask<bool> RepairAsync(
        Lease lease, Func<Lease, LeaseWrite?> repair, StreamIdentity identity, CancellationToken cancellationToken)
    {
        var row = lease;
        for (var attempt = 0; attempt < MaxAttempts && repair(row) is { } write; attempt++)
        {
            var result = await services.Store.TryWriteAsync(row.Key, write, cancellationToken).ConfigureAwait(false);
            if (result.Succeeded)
            {
                LogRepair(row, write, identity);
                return true;
            }

            if ((result.Current ?? await services.Store.GetAsync(row.Key, cancellationToken).ConfigureAwait(false)) is not { } current)
            {
                return false;
            }

            row = current;
        }

        return false;
    }

    // Called after the write, because the row may no longer need it.
    private void LogRepair(Lease before, LeaseWrite write, StreamIdentity identity)
    {
        if (write.Change is LeaseUpdate { Checkpoint: null })
        {
            CoordinationLog.MovedIntoStream(services.Logger, before.ShardId, before.Checkpoint, identity.Describe());
        }
        else if (before.Checkpoint.IsShardEnd && LeaseAnnotations.StreamOf(before)?.To(identity) is null or StreamRelation.Same)
        {
            CoordinationLog.EndTakenBack(services.Logger, before.ShardId);
        }
        else
        {
            CoordinationLog.StartedOver(services.Logger, before.ShardId, before.Checkpoint, identity.Describe());
        }
    }
}
