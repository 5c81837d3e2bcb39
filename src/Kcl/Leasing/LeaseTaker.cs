using Kcl.Internal;

namespace Kcl.Leasing;

/// <summary>One worker's rounds of looking at the table and taking what it should have.</summary>
/// <param name="context">The leases.</param>
/// <param name="self">The worker.</param>
/// <param name="limits">How much it may own and take.</param>
/// <param name="rules">What it may take, and how.</param>
internal sealed class LeaseTaker(LeasingServices context, WorkerId self, BalanceLimits limits, TakingRules rules)
{
    private const int WritesAtOnce = 8;
    private readonly LeaseExpiryTracker _observer = new(context.Timing.FailoverTime);
    private readonly long _origin = context.Time.GetTimestamp();
    private readonly Dictionary<LeaseKey, long> _ours = [];
    private readonly Dictionary<LeaseKey, (int Times, TimeSpan Until)> _avoided = [];
    private readonly Lock _gate = new();
    private readonly LogThrottle _takeFailureTold = new(TimeSpan.FromMinutes(1), context.Time);
    private TimeSpan? _spilloverToldAt;
    private bool _first = true;
    private int _workers = 1;

    /// <summary>Remembers that a lease was held until now, and how its holding ended.</summary>
    public void Ended(LeaseLoss loss, LeaseKey key, bool gaveUp)
    {
        lock (_gate)
        {
            // Lost by our own deadline and touched by nobody since: it is still ours to take.
            if (loss.Reason == LeaseLossReason.NotRenewed)
            {
                _ours[key] = loss.Counter;
            }

            if (gaveUp)
            {
                var times = _avoided.GetValueOrDefault(key).Times + 1;
                _avoided[key] = (times, Now + PauseAfterGivingUp(times));
            }
        }
    }

    /// <summary>Forgets that a lease was given up, since its shard makes progress.</summary>
    public void Thrives(LeaseKey key)
    {
        lock (_gate)
        {
            _avoided.Remove(key);
        }
    }

    /// <summary>How long this worker will keep off a lease it gave up on, so that a peer may try first.</summary>
    public TimeSpan PauseOf(LeaseKey key)
    {
        lock (_gate)
        {
            return _avoided.TryGetValue(key, out var avoided) ? PauseAfterGivingUp(avoided.Times) : TimeSpan.Zero;
        }
    }

    private TimeSpan PauseAfterGivingUp(int times)
    {
        var pause = context.Timing.FailoverTime * Math.Pow(2, Math.Min(times, 10) - 1);
        var most = TimeSpan.FromMinutes(10);
        return pause < most ? pause : most;
    }

    /// <summary>One round.</summary>
    /// <param name="held">The leases held now.</param>
    /// <param name="cancellationToken">Stops the round.</param>
    public async ValueTask<LeaseTakeResult> RoundAsync(IReadOnlyDictionary<LeaseKey, HeldLease> held, CancellationToken cancellationToken)
    {
        var startedAt = context.Time.GetTimestamp();
        var leases = rules.RowsOfStream(await context.Store.ListAsync(cancellationToken).ConfigureAwait(false));
        var now = Now;
        var took = context.Time.GetElapsedTime(startedAt);
        var observed = _observer.Observe(leases, now);
        foreach (var lease in leases)
        {
            if (held.TryGetValue(lease.Key, out var holding))
            {
                holding.Seen(lease);
            }
        }

        var plan = LeaseBalancer.Plan(Candidates(observed, held, now), self, limits, context.NextSalt());
        if (await rules.MayTakeAsync(leases, cancellationToken).ConfigureAwait(false))
        {
            await RidAsync(observed, held, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            // Another kind of fleet's table: nothing in it is ours to touch.
            plan = plan with { Take = [], Steal = [], Waiting = 0, Spillover = 0 };
        }

        TellSpillover(plan, now);

        // From here on nothing throws: what is taken is handed over, also where a stop comes in between.
        var (taken, conflicts) = await TakeAsync(plan, cancellationToken).ConfigureAwait(false);
        _first = false;
        _workers = plan.Workers;

        var expiry = observed.Where(o => o.Lease.Owner is { } owner && owner != self && !o.IsExpired && !o.Lease.Checkpoint.IsShardEnd && o.Unchanged > context.Timing.RenewalInterval * 1.5)
            .Select(o => (TimeSpan?)(context.Timing.FailoverTime - o.Unchanged))
            .Min();
        return new(leases, taken, plan, LeaseScanPacing.Rest(plan, conflicts, expiry, took, context.NextDouble()));
    }

    private TimeSpan Now => context.Bugs.HasFlag(PlantedBugs.ExpiryByWallClock) ? context.Time.GetUtcNow() - DateTimeOffset.UnixEpoch : context.Time.GetElapsedTime(_origin);

    private List<LeaseCandidate> Candidates(IReadOnlyList<ObservedLease> observed, IReadOnlyDictionary<LeaseKey, HeldLease> held, TimeSpan now)
    {
        var overdueAfter = LeaseScanPacing.OverdueAfter(_workers);
        var candidates = new List<LeaseCandidate>(observed.Count);
        lock (_gate)
        {
            foreach (var (lease, unchanged, expired) in observed)
            {
                // Finished shards wait for their clean-up; nobody needs to own them.
                if (!lease.Checkpoint.IsShardEnd && (held.ContainsKey(lease.Key) || rules.IsOfThisStream(lease)))
                {
                    candidates.Add(held.ContainsKey(lease.Key)
                        ? new(lease with { Owner = self }, LeaseCandidateState.Owned)
                        : new(lease, StateOf(lease, unchanged, expired, overdueAfter, now)));
                }
            }
        }

        return candidates;
    }

    private LeaseCandidateState StateOf(Lease lease, TimeSpan unchanged, bool expired, TimeSpan overdueAfter, TimeSpan now)
    {
        if (lease.Owner == self && !expired)
        {
            // A process that restarts under the same id goes on at once; later only what is known to be ours still.
            // One further is a last write of ours that was never answered.
            return _first || (_ours.TryGetValue(lease.Key, out var counter) && (counter == lease.Counter || counter + 1 == lease.Counter)) ? LeaseCandidateState.Free : LeaseCandidateState.Avoided;
        }

        if (lease.Owner is not null && !expired)
        {
            return LeaseAnnotations.IsTiedToItsOwner(lease) ? LeaseCandidateState.Tied : LeaseCandidateState.Owned;
        }

        if (_avoided.TryGetValue(lease.Key, out var avoid) && avoid.Until > now)
        {
            return LeaseCandidateState.Avoided;
        }

        var free = expired ? unchanged - context.Timing.FailoverTime : unchanged;
        return free > overdueAfter ? LeaseCandidateState.Overdue : LeaseCandidateState.Free;
    }

    private async ValueTask<(IReadOnlyList<HeldLease> Taken, int Conflicts)> TakeAsync(BalancePlan plan, CancellationToken cancellationToken)
    {
        var wanted = plan.Take.Select(l => (Lease: l, Stolen: false)).Concat(plan.Steal.Select(l => (Lease: l, Stolen: true))).ToList();
        if (wanted.Count == 0)
        {
            return ([], 0);
        }

        var taken = new List<HeldLease>(wanted.Count);
        var conflicts = 0;
        foreach (var some in wanted.Chunk(WritesAtOnce))
        {
            if (cancellationToken.IsCancellationRequested)
            {
                break;
            }

            var writes = await Task.WhenAll(some.Select(w => TakeOneAsync(w.Lease, w.Stolen))).ConfigureAwait(false);
            conflicts += writes.Count(w => w is null);
            taken.AddRange(writes.OfType<HeldLease>());
        }

        return (taken, conflicts);
    }

    // Whoever died before it gave a finished shard's lease back stays in the table as an owner, and might even be elected to lead: nobody takes such leases.
    private async ValueTask RidAsync(IReadOnlyList<ObservedLease> observed, IReadOnlyDictionary<LeaseKey, HeldLease> held, CancellationToken cancellationToken)
    {
        foreach (var (lease, _, expired) in observed)
        {
            if (expired && lease.Checkpoint.IsShardEnd && !held.ContainsKey(lease.Key))
            {
                await context.Store.TryWriteAsync(lease.Key, LeaseWrite.Fenced(lease.Counter, new() { ReleasesLease = true }), cancellationToken).ConfigureAwait(false);
            }
        }
    }

    // Not to be cancelled: a take that landed unheard would leave the shard alone until it expires.
    private async Task<HeldLease?> TakeOneAsync(Lease lease, bool stolen)
    {
        var sentAt = context.Time.GetTimestamp();
        var update = new LeaseUpdate
        {
            Owner = new(self),
            CheckpointOwner = new(null),
            OwnerSwitchesSinceCheckpoint = lease.Owner == self ? null : lease.OwnerSwitchesSinceCheckpoint + 1,
            PrivateAttributes = rules.NotesOnTake(lease),
        };
        var isFirstReader = rules.IsFirstReader(lease);
        try
        {
            var write = await context.Store.TryWriteAsync(lease.Key, LeaseWrite.Fenced(lease.Counter, update), CancellationToken.None).ConfigureAwait(false);
            if (!write.Succeeded)
            {
                LeasingLog.NotTaken(context.Logger, lease.Key, write.Status);
                return null;
            }

            Forget(lease.Key);
            var row = write.Current ?? LeaseRow.Apply(update with { IncrementsCounter = true }, lease);
            var how = stolen ? $"from {lease.Owner}, for balance" : lease.Owner is null ? "free" : $"expired, was {lease.Owner}'s";
            LeasingLog.Taken(context.Logger, lease.Key, how, LeaseAnnotations.Describe(row.Checkpoint, LeaseAnnotations.StartOf(row)?.Instant));
            return new(context, row, sentAt) { IsOfFirstReader = isFirstReader };
        }
        catch (KclException exception)
        {
            // The write may have landed all the same; then the next look shows our name and this counter.
            bool tell;
            lock (_gate)
            {
                _ours[lease.Key] = lease.Counter + 1;
                tell = _takeFailureTold.ShouldReport();
            }

            if (tell)
            {
                LeasingLog.TakeFailed(context.Logger, exception, lease.Key);
            }

            return null;
        }
    }

    private void Forget(LeaseKey key)
    {
        lock (_gate)
        {
            _ours.Remove(key);
        }
    }

    private void TellSpillover(BalancePlan plan, TimeSpan now)
    {
        if (plan.Spillover > 0 && (_spilloverToldAt is not { } told || now - told > TimeSpan.FromMinutes(1)))
        {
            _spilloverToldAt = now;
            LeasingLog.Spillover(context.Logger, plan.Spillover, limits.MaxLeases);
        }
    }
}

/// <summary>What one round found and did.</summary>
/// <param name="Leases">The table as read.</param>
/// <param name="Taken">The leases taken; not renewed yet.</param>
/// <param name="Plan">What was decided.</param>
/// <param name="Rest">When to look again.</param>
internal sealed record LeaseTakeResult(LeaseListing Leases, IReadOnlyList<HeldLease> Taken, BalancePlan Plan, TimeSpan Rest);
