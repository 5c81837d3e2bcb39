using Kcl.Internal;
using Kcl.Leasing.Holding;

namespace Kcl.Leasing.Taking;

/// <summary>Takes leases for one worker in rounds: observes the lease table, lets a decider decide, and takes the leases.</summary>
internal sealed class LeaseTaker
{
    private readonly LeasingServices _services;
    private readonly TakingRules _rules;
    private readonly LeaseHistory _history;
    private readonly LeaseTableObserver _observer;
    private readonly LeaseAcquirer _acquirer;
    private readonly LogThrottle _spilloverLogThrottle;
    private ILeaseAssignmentDecider _decider;
    private bool _isFirstRound = true;
    private int _workers = 1;

    /// <summary>Initializes the taker.</summary>
    /// <param name="services">The services that the leases of a worker share.</param>
    /// <param name="self">The worker.</param>
    /// <param name="decider">Decides which leases it takes.</param>
    /// <param name="rules">Decides which leases it may take.</param>
    public LeaseTaker(LeasingServices services, WorkerId self, ILeaseAssignmentDecider decider, TakingRules rules)
    {
        _services = services;
        _decider = decider;
        _rules = rules;
        _history = new(services.Timing);
        _observer = new(services, self, rules, _history);
        _acquirer = new(services, self, rules, _history);
        _spilloverLogThrottle = new(services.Time);
    }

    /// <summary>Gets or sets the decider. A new decider takes effect with the next round.</summary>
    public ILeaseAssignmentDecider Decider
    {
        get => Volatile.Read(ref _decider);
        set => Volatile.Write(ref _decider, value);
    }

    /// <summary>Records that a lease is no longer held.</summary>
    /// <param name="loss">How the lease was lost or released.</param>
    /// <param name="key">The lease.</param>
    /// <param name="gaveUp">Whether the lease was released because its shard could not be processed here.</param>
    public void OnLeaseEnded(LeaseLoss loss, LeaseKey key, bool gaveUp)
    {
        _history.OnLost(key, loss);
        if (gaveUp)
        {
            _history.OnGivenUp(key, _observer.Now);
        }
    }

    /// <inheritdoc cref="LeaseHistory.ClearBackoff" />
    public void ClearBackoff(LeaseKey key) => _history.ClearBackoff(key);

    /// <inheritdoc cref="LeaseHistory.GetBackoff" />
    public TimeSpan GetBackoff(LeaseKey key) => _history.GetBackoff(key);

    /// <summary>Runs one round.</summary>
    /// <param name="held">The leases that the worker holds.</param>
    /// <param name="cancellationToken">Stops the round.</param>
    /// <returns>The leases that were taken, and when to run the next round.</returns>
    /// <exception cref="KclException">The lease table could not be read.</exception>
    public async ValueTask<LeaseTakeResult> RunRoundAsync(
        IReadOnlyDictionary<LeaseKey, HeldLease> held, CancellationToken cancellationToken)
    {
        // Observe.
        var startedAt = _services.Time.GetTimestamp();
        var leases = _rules.RowsOfStream(await _services.Store.ListAsync(cancellationToken).ConfigureAwait(false));
        var duration = _services.Time.GetElapsedTime(startedAt);
        var snapshot = _observer.Observe(leases, held, _workers, _isFirstRound);
        foreach (var lease in leases)
        {
            held.GetValueOrDefault(lease.Key)?.OnObserved(lease);
        }

        // Decide.
        var plan = Decider.Decide(snapshot);
        if (await _rules.MayTakeAsync(leases, cancellationToken).ConfigureAwait(false))
        {
            await _acquirer.ReleaseOrphanedFinishedLeasesAsync(snapshot, held, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            // The fleet assigns leases in another way, or its mode is not known, so this worker must not take leases or release those of
            // finished shards. The leases that it holds are still renewed.
            plan = plan.WithoutWrites();
        }

        if (plan.Spillover > 0 && _spilloverLogThrottle.ShouldReport())
        {
            LeasingLog.Spillover(_services.Logger, plan.Spillover, plan.MaxLeases);
        }

        // Act. Nothing throws after this point, so leases that were taken are returned even if the worker is stopped in the meantime.
        var (taken, conflicts) = await _acquirer.TakeAsync(plan, cancellationToken).ConfigureAwait(false);
        _isFirstRound = false;
        _workers = plan.Workers;
        var expiry = _observer.GetNextExpiry(snapshot);
        return new(leases, taken, plan, LeaseScanPacing.GetDelay(plan, conflicts, expiry, duration, _services.Chance.NextDouble()));
    }
}
