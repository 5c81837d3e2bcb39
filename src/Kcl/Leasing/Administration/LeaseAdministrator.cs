namespace Kcl.Leasing.Administration;

/// <summary>An operator's hands on the leases of an application: a plan first, which shows what would be done, then the plan carried out, each write fenced.</summary>
/// <remarks>Works beside a running fleet. An owner counts as live when its lease's counter moves while it is watched; no two hosts' clocks are compared.</remarks>
public sealed class LeaseAdministrator
{
    private const int ForcedAttempts = 5;

    private readonly ILeaseStore _store;
    private readonly OwnerLivenessProbe _watch;

    /// <summary>Creates an administrator.</summary>
    /// <param name="store">The leases.</param>
    /// <param name="failoverTime">The fleet's failover time: how long an owner may be silent before it counts as gone. 10 seconds in every KCL by default.</param>
    /// <param name="time">The clock.</param>
    public LeaseAdministrator(ILeaseStore store, TimeSpan failoverTime, TimeProvider time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(failoverTime, TimeSpan.Zero);
        _store = store;
        _watch = new(store, failoverTime, time);
    }

    /// <summary>Every lease, ordered by key, and the rows that cannot be read.</summary>
    /// <param name="cancellationToken">Abandons the call.</param>
    public async ValueTask<LeaseListing> ListAsync(CancellationToken cancellationToken)
    {
        var listed = await _store.ListAsync(cancellationToken).ConfigureAwait(false);
        return new(LeasePlanner.Select(listed, null), listed.Unreadable);
    }

    /// <summary>Decides what an operation would do. Writes nothing. Watches the leases with an owner for up to the failover time, unless forced.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="shards">The shards meant; null for all.</param>
    /// <param name="force">Includes leases that a live worker owns. The worker then loses them, and what it had in hand is processed again by whoever takes them.</param>
    /// <param name="cancellationToken">Abandons the call.</param>
    /// <exception cref="InvalidStateException">A shard that is meant has no lease.</exception>
    public async ValueTask<LeasePlan> PlanAsync(LeaseOperation operation, IReadOnlyCollection<ShardId>? shards, bool force, CancellationToken cancellationToken)
    {
        var leases = await _store.ListAsync(cancellationToken).ConfigureAwait(false);
        var meant = LeasePlanner.Select(leases, shards);
        if (force)
        {
            return LeasePlanner.Plan(operation, leases, shards, new Dictionary<LeaseKey, OwnerLiveness>(), force);
        }

        var (liveness, latest) = await _watch.WatchAsync(meant, cancellationToken).ConfigureAwait(false);
        return LeasePlanner.Plan(operation, latest ?? leases, shards, liveness, force);
    }

    /// <summary>Carries out a plan, lease by lease. Each write requires the counter the plan saw; a forced one is repeated on the row as it is by then, since a live owner moves it.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="cancellationToken">Stops between two leases.</param>
    /// <returns>What became of each step that writes.</returns>
    /// <exception cref="InvalidOperationException">A step of the plan is refused.</exception>
    public async ValueTask<IReadOnlyList<LeaseStepOutcome>> ApplyAsync(LeasePlan plan, CancellationToken cancellationToken)
    {
        if (!plan.MayApply)
        {
            throw new InvalidOperationException("The plan has refused steps: a live worker owns the lease. Stop the worker, or make the plan with force.");
        }

        var outcomes = new List<LeaseStepOutcome>();
        foreach (var step in plan.Steps.Where(static s => s.Verdict == LeaseStepVerdict.Write))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var lease = step.Lease;
            if (step.Problem is not null)
            {
                outcomes.Add(new(step, (await _store.TryDeleteAsync(lease.Key, expectedCounter: null, cancellationToken).ConfigureAwait(false)).Status, Current: null));
                continue;
            }

            var write = await WriteAsync(plan.Operation, lease, cancellationToken).ConfigureAwait(false);
            for (var attempt = 1; plan.Forced && attempt < ForcedAttempts && write is { Status: LeaseWriteStatus.Conflict, Current: { } current }; attempt++)
            {
                write = await WriteAsync(plan.Operation, current, cancellationToken).ConfigureAwait(false);
            }

            outcomes.Add(new(step, write.Status, write.Current));
        }

        return outcomes;
    }

    private ValueTask<LeaseWriteResult> WriteAsync(LeaseOperation operation, Lease lease, CancellationToken cancellationToken) =>
        _store.TryWriteAsync(lease.Key, LeasePlanner.Write(operation, lease), cancellationToken);
}
