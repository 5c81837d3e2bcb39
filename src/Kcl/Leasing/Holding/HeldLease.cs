using Kcl.Internal;

namespace Kcl.Leasing.Holding;

/// <summary>A held lease: its only writer, its renewals, and the deadline by which one of its writes must have succeeded.</summary>
internal sealed class HeldLease : IHeldLease, IAsyncDisposable
{
    // The conflicts in succession that an own write caused although it was the only one. Lost replies are rare; two processes with one id
    // cause nothing else.
    private const int MaxUnexpectedConflicts = 3;

    private readonly LeasingServices _services;
    private readonly WorkerId _self;
    private readonly long _acquiredAt;
    private readonly IWriteGate _writeGate;
    private readonly HedgedWrite _hedgedWrite;
    private readonly CancellationTokenSource _lost = new();
    private readonly LeaseDeadline _deadline;
    private readonly SupervisedLoop _renewals;
    private readonly Backoff _backoff;
    private readonly Lock _gate = new();

    // Writes sent with the current counter whose outcome is not known. At most one of them has taken effect.
    private readonly List<UnconfirmedWrite> _unconfirmed = [];
    private Lease _current;
    private long _nextRenewalTicks;
    private LeaseLoss? _loss;
    private int _unexpectedConflicts;
    private bool _disposed;

    /// <summary>Initializes the holding of a lease. The deadline starts now, the renewals with <see cref="Start"/>.</summary>
    /// <param name="services">What the leases of a worker share.</param>
    /// <param name="acquired">The row that the acquiring write left.</param>
    /// <param name="acquiredAt">The clock's timestamp when that write was sent.</param>
    public HeldLease(LeasingServices services, Lease acquired, long acquiredAt)
    {
        _services = services;
        _current = acquired;
        _acquiredAt = acquiredAt;
        _self = acquired.Owner ?? throw new ArgumentException("A held lease has an owner.", nameof(acquired));
        _writeGate = services.Writing.CreateGate();
        var timing = services.Timing;
        _backoff = new(timing.RenewalBackoff, timing.MaxRenewalBackoff, services.Chance, timing.MinRenewalBackoff);
        _hedgedWrite = new(services, _backoff, exception => services.RenewalFailures.Failed(Key, exception));
        ScheduleRenewal();
        _deadline = new(services, acquiredAt, () => Lose(LeaseLossReason.NotRenewed, newOwner: null));
        _renewals = new($"renewal of {acquired.Key}", RenewAsync, _backoff, services.Time, services.Logger);
        Lost = _lost.Token;
    }

    public LeaseKey Key => _current.Key;

    public Lease Current => Volatile.Read(ref _current);

    public CancellationToken Lost { get; }

    /// <summary>Gets a value indicating whether the lease was taken by the first reader of its shard.</summary>
    public bool IsOfFirstReader { get; init; }

    // Later, records that were put since the application's first look would be missed.
    public bool StartsAtTip => IsOfFirstReader && _services.Time.GetElapsedTime(_acquiredAt) < _services.Timing.StartAtTipWindow;

    public bool IsHeld
    {
        get
        {
            if (Loss is null && _deadline.Left == TimeSpan.Zero)
            {
                // The timer is late: this process was frozen, or lacks threads.
                Lose(LeaseLossReason.NotRenewed, newOwner: null);
            }

            return Loss is null;
        }
    }

    /// <summary>Gets how the holding ended; <see langword="null"/> while the lease is held.</summary>
    public LeaseLoss? Loss => Volatile.Read(ref _loss);

    private TimeSpan UntilRenewal =>
        Durations.Max(TimeSpan.FromTicks(Volatile.Read(ref _nextRenewalTicks)) - _deadline.SinceLastConfirmedWrite, TimeSpan.Zero);

    /// <summary>Starts the renewals.</summary>
    public void Start() => _renewals.Start();

    public async ValueTask<bool> TryUpdateAsync(Func<Lease, LeaseUpdate?> change, CancellationToken cancellationToken)
    {
        await _writeGate.EnterAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await WriteAsync(change, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _writeGate.Exit();
        }
    }

    /// <summary>Releases the lease: removes the owner, so that a peer may take it immediately.</summary>
    /// <param name="cancellationToken">Cancels the release.</param>
    /// <returns><see langword="true"/> if this call removed the owner; <see langword="false"/> if the lease was lost before.</returns>
    public async ValueTask<bool> ReleaseAsync(CancellationToken cancellationToken)
    {
        var released = await TryUpdateAsync(static _ => new LeaseUpdate { ReleasesLease = true }, cancellationToken).ConfigureAwait(false);
        if (released)
        {
            Lose(LeaseLossReason.Released, newOwner: null);
        }

        return released;
    }

    /// <summary>Compares the holding with a row of a listing, and renews immediately if a peer may have taken the lease.</summary>
    /// <param name="row">The row. Listings may be behind, so only a row that is ahead of the last own write is evidence.</param>
    public void OnObserved(Lease row)
    {
        var current = Current;
        if (row.Counter > current.Counter + 1 || (row.Counter > current.Counter && row.Owner is { } owner && owner != _self))
        {
            // In this order: the loop reads the time when it is woken.
            Volatile.Write(ref _nextRenewalTicks, 0);
            _renewals.Wake();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!Interlocked.Exchange(ref _disposed, true))
        {
            await _renewals.DisposeAsync().ConfigureAwait(false);
            await _deadline.DisposeAsync().ConfigureAwait(false);
            Lose(LeaseLossReason.Released, newOwner: null);
            _services.RenewalFailures.Recovered(Key);
        }
    }

    private async ValueTask<TimeSpan> RenewAsync(CancellationToken cancellationToken)
    {
        if (Loss is not null)
        {
            return TimeSpan.MaxValue;
        }

        // Every write shows that the owner is alive: a renewal is needed only if there was no other write.
        if (UntilRenewal is var due && due > TimeSpan.Zero)
        {
            return due;
        }

        try
        {
            await TryUpdateAsync(static _ => new LeaseUpdate(), cancellationToken).ConfigureAwait(false);

            // A write that was recognized late may be old; the next one is then due immediately.
            return UntilRenewal;
        }
        catch (KclException exception)
        {
            _services.RenewalFailures.Failed(Key, exception);
            return _backoff.After(1);
        }
    }

    private async ValueTask<bool> WriteAsync(Func<Lease, LeaseUpdate?> change, CancellationToken cancellationToken)
    {
        while (Loss is null)
        {
            if (_deadline.Left == TimeSpan.Zero)
            {
                Lose(LeaseLossReason.NotRenewed, newOwner: null);
                break;
            }

            var current = _current;
            if (change(current) is not { } update)
            {
                return true;
            }

            update = update with { IncrementsCounter = true };
            var wanted = LeaseRow.Apply(update, current);
            var isOnlyWrite = _unconfirmed.Count == 0;
            _unconfirmed.Add(new(wanted, _services.Time.GetTimestamp()));
            if (await SendAsync(LeaseWrite.Fenced(current.Counter, update), cancellationToken).ConfigureAwait(false) is not { } reply)
            {
                break;
            }

            if (reply.Result.Succeeded)
            {
                _unexpectedConflicts = 0;
                Accept(reply.Result.Current ?? wanted, reply.SentAt);
                return true;
            }

            if (reply.Result.Status == LeaseWriteStatus.Missing)
            {
                Lose(LeaseLossReason.Deleted, newOwner: null);
                break;
            }

            var row = reply.Result.Current ?? await _services.Store.GetAsync(Key, cancellationToken).ConfigureAwait(false);
            if (TryReconcile(row, isUnexpected: isOnlyWrite && reply.Attempts == 1))
            {
                return true;
            }
        }

        return false;
    }

    // Null if the lease was lost meanwhile.
    private async ValueTask<HedgedWriteResult?> SendAsync(LeaseWrite write, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, Lost);
        try
        {
            return await _hedgedWrite.SendAsync(Key, write, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (Loss is not null && !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>Handles a conflict.</summary>
    /// <param name="row">The row as it is now.</param>
    /// <param name="isUnexpected">Whether the write was sent only once, and no earlier write was unconfirmed.</param>
    /// <returns>
    /// Whether the write took effect. If not, and the lease is not lost, the row is current and the write must be repeated.
    /// </returns>
    private bool TryReconcile(Lease? row, bool isUnexpected)
    {
        var (origin, sentAt) = _services.Writing.Reconciliation.Reconcile(_unconfirmed, row);
        switch (origin)
        {
            case WriteOrigin.Own or WriteOrigin.EarlierOwn:
                if (isUnexpected && ++_unexpectedConflicts >= MaxUnexpectedConflicts)
                {
                    LeasingLog.PerhapsDuplicateWorkerId(_services.Logger, Key, _self);
                }

                Accept(row!, sentAt);
                return origin == WriteOrigin.Own;
            case WriteOrigin.Deleted:
                Lose(LeaseLossReason.Deleted, newOwner: null);
                return false;
            default:
                Lose(row!.Owner == _self ? LeaseLossReason.DuplicateWorkerId : LeaseLossReason.Taken, row.Owner);
                return false;
        }
    }

    private void Accept(Lease row, long sentAt)
    {
        Volatile.Write(ref _current, row);
        _unconfirmed.Clear();
        ScheduleRenewal();
        _services.RenewalFailures.Recovered(Key);
        _deadline.Confirm(sentAt);
    }

    private void Lose(LeaseLossReason reason, WorkerId? newOwner)
    {
        lock (_gate)
        {
            if (_loss is not null)
            {
                return;
            }

            Volatile.Write(ref _loss, new(reason, _current.Counter, newOwner));
        }

        // Before anything else: the shard must have stopped before a peer may take it. Callbacks run elsewhere, because they may call this.
        _ = _lost.CancelAsync();
        LeasingLog.Lost(_services, Key, _self, reason, newOwner);
    }

    // Early rather than late, so that leases taken together drift apart.
    private void ScheduleRenewal()
    {
        var part = 1 - LeaseTiming.RenewalJitter + (LeaseTiming.RenewalJitter * _services.Chance.NextDouble());
        Volatile.Write(ref _nextRenewalTicks, (_services.Timing.RenewalInterval * part).Ticks);
    }
}
