using Kcl.Leasing;
using Kcl.Streams;

namespace Kcl.Coordination.ShardSync;

/// <summary>Makes the writes that repair leases.</summary>
/// <param name="services">The services of the coordination.</param>
internal sealed class LeaseRepairer(CoordinationServices services)
{
    private const int MaxAttempts = 5;

    /// <summary>Writes descriptive attributes, without a condition on the counter.</summary>
    public async ValueTask DescribeAsync(IEnumerable<LeaseRepair> repairs, CancellationToken cancellationToken)
    {
        foreach (var some in repairs.Chunk(LeaseCreator.MaxConcurrentWrites))
        {
            await Task.WhenAll(some.Select(r => services.Store.TryWriteAsync(r.Lease.Key, r.Write, cancellationToken).AsTask()))
                .ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Repairs a lease in place, or removes it. If a live owner advances the counter meanwhile, the repair is repeated on the row as it is
    /// by then, if
    /// the row still needs it.
    /// </summary>
    /// <returns>Whether the lease was repaired or removed.</returns>
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

    // Logged after the write, which may find a row that no longer needs it.
    private void LogRepair(Lease before, LeaseWrite write, StreamIdentity identity)
    {
        if (write.Change is LeaseDeletion)
        {
            CoordinationLog.EarlierLeaseRemoved(services.Logger, before.ShardId, identity.Describe());
        }
        else if (write.Change is LeaseUpdate { Checkpoint: null })
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
