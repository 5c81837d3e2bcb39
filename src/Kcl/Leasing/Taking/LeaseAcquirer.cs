using Kcl.Internal;
using Kcl.Leasing.Holding;

namespace Kcl.Leasing.Taking;

/// <summary>Takes the leases of a plan.</summary>
/// <param name="services">The services that the leases of a worker share.</param>
/// <param name="self">The worker.</param>
/// <param name="rules">Decides what it writes to a lease that it takes.</param>
/// <param name="history">What it knows about leases that it held or tried to take.</param>
internal sealed class LeaseAcquirer(LeasingServices services, WorkerId self, TakingRules rules, LeaseHistory history)
{
    private const int MaxConcurrentWrites = 8;
    private readonly LogThrottle _failureLogThrottle = new(services.Time);

    /// <summary>Takes leases. Failures are logged, not thrown, so that the caller receives every lease that was taken.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="cancellationToken">Stops before the next writes; writes in progress are finished.</param>
    /// <returns>The leases that were taken, and the number of those that were not.</returns>
    public async ValueTask<(IReadOnlyList<HeldLease> Taken, int Conflicts)> TakeAsync(
        LeaseAssignmentPlan plan,
        CancellationToken cancellationToken)
    {
        var taken = new List<HeldLease>();
        var conflicts = 0;
        var free = plan.LeasesToTake.Select(static l => (Lease: l, IsStolen: false));
        var stolen = plan.LeasesToSteal.Select(static l => (Lease: l, IsStolen: true));
        foreach (var batch in free.Concat(stolen).Chunk(MaxConcurrentWrites))
        {
            if (cancellationToken.IsCancellationRequested)
            {
                break;
            }

            var results = await Task.WhenAll(batch.Select(w => TakeOneAsync(w.Lease, w.IsStolen))).ConfigureAwait(false);
            conflicts += results.Count(static r => r is null);
            taken.AddRange(results.OfType<HeldLease>());
        }

        return (taken, conflicts);
    }

    /// <summary>Removes the owners of expired leases of finished shards.</summary>
    /// <remarks>
    /// A worker that stopped unexpectedly while it held such a lease would otherwise remain its owner, because no worker takes leases of
    /// finished shards, and could be elected leader.
    /// </remarks>
    /// <param name="snapshot">The lease table.</param>
    /// <param name="held">The leases that this worker holds.</param>
    /// <param name="cancellationToken">Cancels the writes.</param>
    public async ValueTask ReleaseOrphanedFinishedLeasesAsync(
        LeaseTableSnapshot snapshot,
        IReadOnlyDictionary<LeaseKey, HeldLease> held,
        CancellationToken cancellationToken)
    {
        foreach (var (lease, _, isExpired) in snapshot.Observed)
        {
            if (isExpired && lease.Checkpoint.IsShardEnd && !held.ContainsKey(lease.Key))
            {
                var release = LeaseWrite.Update(lease.Counter, new() { ReleasesLease = true });
                await services.Store.TryWriteAsync(lease.Key, release, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    // Not canceled: if a take succeeded but its result was lost, the shard would not be read until the lease expires.
    private async Task<HeldLease?> TakeOneAsync(Lease lease, bool isStolen)
    {
        var sentAt = services.Time.GetTimestamp();
        var update = new LeaseUpdate
        {
            IncrementsCounter = true,
            Owner = new(self),
            CheckpointOwner = new(null),
            OwnerSwitchesSinceCheckpoint = lease.Owner == self ? null : lease.OwnerSwitchesSinceCheckpoint + 1,
            PrivateAttributes = rules.NotesOnTake(lease),
        };
        var isFirstReader = rules.IsFirstReader(lease);
        try
        {
            var write = LeaseWrite.Update(lease.Counter, update);
            var result = await services.Store.TryWriteAsync(lease.Key, write, CancellationToken.None).ConfigureAwait(false);
            if (!result.Succeeded)
            {
                LeasingLog.NotTaken(services.Logger, lease.Key, result.Status);
                return null;
            }

            history.OnTaken(lease.Key);
            var row = result.Current ?? LeaseRow.Apply(update, lease);
            LogTaken(lease, row, isStolen);
            return new(services, row, sentAt) { IsOfFirstReader = isFirstReader };
        }
        catch (KclException exception)
        {
            // The write may have taken effect. The next listing then shows this worker as the owner, with this counter.
            history.OnOwnWrite(lease.Key, lease.Counter + 1);
            if (_failureLogThrottle.ShouldReport())
            {
                LeasingLog.TakeFailed(services.Logger, exception, lease.Key);
            }

            return null;
        }
    }

    private void LogTaken(Lease before, Lease row, bool isStolen)
    {
        var how = isStolen ? $"from {before.Owner}, for balance"
            : before.Owner is null ? "free"
            : $"expired, previous owner {before.Owner}";
        LeasingLog.Taken(services.Logger, before.Key, how, LeaseAnnotations.PositionOf(row).ToString());
    }
}
