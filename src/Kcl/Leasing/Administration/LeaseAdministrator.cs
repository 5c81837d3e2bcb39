using Kcl.Streams;

namespace Kcl.Leasing.Administration;

/// <summary>
/// Changes the leases of an application on behalf of an operator. A plan first shows what would be done. It is then carried out with
/// conditional writes.
/// </summary>
/// <remarks>
/// The fleet can be running. An owner counts as live if it increments the counter of its lease while the lease is watched; clocks of
/// different hosts are not compared.
/// </remarks>
public sealed class LeaseAdministrator
{
    private const int MaxForcedAttempts = 5;

    private readonly ILeaseStore _store;
    private readonly TimeProvider _time;
    private readonly OwnerLivenessProbe _liveness;

    /// <summary>Creates an administrator.</summary>
    /// <param name="store">The leases.</param>
    /// <param name="failoverTime">
    /// The fleet's failover time: how long an owner may leave its lease unchanged before it no longer counts as live. Every KCL uses 10
    /// seconds by default.
    /// </param>
    /// <param name="time">The clock.</param>
    /// <exception cref="ArgumentNullException"><paramref name="store"/> or <paramref name="time"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="failoverTime"/> is zero or negative, or more than 2147483647 milliseconds (about 24 days).
    /// </exception>
    public LeaseAdministrator(ILeaseStore store, TimeSpan failoverTime, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(failoverTime, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(failoverTime, OptionsProblems.MaxDuration);
        _store = store;
        _time = time;
        _liveness = new(store, failoverTime, time);
    }

    /// <summary>Returns every lease, ordered by key, and the rows that cannot be read.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="KclException">The lease store failed.</exception>
    /// <exception cref="OperationCanceledException">The operation was canceled.</exception>
    public async ValueTask<LeaseListing> ListAsync(CancellationToken cancellationToken)
    {
        var listed = await _store.ListAsync(cancellationToken).ConfigureAwait(false);
        return new(LeasePlanner.Select(listed, null), listed.Unreadable);
    }

    /// <summary>
    /// Determines what an operation would do, without writing. Unless forced, watches leases that have an owner for up to the failover
    /// time.
    /// </summary>
    /// <param name="operation">The operation.</param>
    /// <param name="shards">The shards to which the operation applies; null for all.</param>
    /// <param name="force">
    /// True to include leases that a live worker owns. The worker loses them, and the worker that takes them processes the records since
    /// the last checkpoint again.
    /// </param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="InvalidStateException">
    /// One of <paramref name="shards"/> has no lease, or the table holds leases of other streams.
    /// </exception>
    /// <exception cref="KclException">The lease store failed.</exception>
    /// <exception cref="OperationCanceledException">The operation was canceled.</exception>
    public async ValueTask<LeasePlan> PlanAsync(
        LeaseOperation operation, IReadOnlyCollection<ShardId>? shards, bool force, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(operation);
        var leases = await _store.ListAsync(cancellationToken).ConfigureAwait(false);
        LeasePlanner.ThrowIfOfOtherStreams(operation, leases);
        IReadOnlyDictionary<LeaseKey, OwnerLiveness> liveness = new Dictionary<LeaseKey, OwnerLiveness>();
        if (!force)
        {
            var selected = LeasePlanner.Select(leases, shards);
            (liveness, var latest) = await _liveness.WatchAsync(selected, cancellationToken).ConfigureAwait(false);
            leases = latest ?? leases;
        }

        var request = operation.Adoption is { } adoption
            ? operation with { Adoption = adoption.WithOtherLeases(leases, _time.GetUtcNow() - StartInstant.Margin) }
            : operation;
        return LeasePlanner.Plan(request, leases, shards, liveness, force);
    }

    /// <summary>
    /// Carries out a plan, lease by lease. Each write requires the counter that the plan contains. A forced write that conflicts is
    /// repeated with the new row, because a live owner increments the counter.
    /// </summary>
    /// <param name="plan">The plan.</param>
    /// <param name="cancellationToken">Stops between two leases.</param>
    /// <returns>The result of each step that writes.</returns>
    /// <exception cref="InvalidOperationException">A step of the plan is refused.</exception>
    /// <exception cref="KclException">The lease store failed. Steps before the failure were carried out.</exception>
    /// <exception cref="OperationCanceledException">The operation was canceled.</exception>
    public async ValueTask<IReadOnlyList<LeaseStepOutcome>> ApplyAsync(LeasePlan plan, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(plan);
        if (!plan.CanApply)
        {
            throw new InvalidOperationException(
                "The plan has refused steps, because a live worker owns the lease. Stop the worker, or create the plan with force.");
        }

        var outcomes = new List<LeaseStepOutcome>();
        foreach (var step in plan.Steps.Where(static s => s.Action == LeaseStepAction.Write))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var lease = step.Lease;
            if (step.Problem is not null)
            {
                var deletion = await _store.TryDeleteAsync(lease.Key, expectedCounter: null, cancellationToken).ConfigureAwait(false);
                outcomes.Add(new() { Step = step, Status = deletion.Status });
                continue;
            }

            var write = await WriteAsync(plan.Operation, lease, cancellationToken).ConfigureAwait(false);
            for (var attempt = 1; plan.IsForced && attempt < MaxForcedAttempts; attempt++)
            {
                if (write is not { Status: LeaseWriteStatus.Conflict, Current: { } current })
                {
                    break;
                }

                write = await WriteAsync(plan.Operation, current, cancellationToken).ConfigureAwait(false);
            }

            outcomes.Add(new() { Step = step, Status = write.Status, Current = write.Current });
        }

        return outcomes;
    }

    private ValueTask<LeaseWriteResult> WriteAsync(LeaseOperation operation, Lease lease, CancellationToken cancellationToken) =>
        _store.TryWriteAsync(lease.Key, LeasePlanner.CreateWrite(operation, lease), cancellationToken);
}
