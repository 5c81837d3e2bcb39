using Kcl.Internal;

namespace Kcl.Leasing.Holding;

/// <summary>A held lease: its only writer, its renewals, and the deadline before which a write must succeed.</summary>
internal sealed class HeldLease : IHeldLease, IAsyncDisposable
{
    // The number of consecutive conflicts with an own write that was sent only once. Lost replies are rare, but two processes with the same
    // id cause such conflicts constantly.
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

    /// <summary>Initializes a held lease. The deadline starts immediately, the renewals with <see cref="Start"/>.</summary>
    /// <param name="services">The services that the leases of a worker share.</param>
    /// <param name="acquired">The row after the write that acquired the lease.</param>
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
        _hedgedWrite = new(services, _backoff, exception => services.WriteFailures.RecordFailure(Key, exception));
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

    // Later, a start at the tip would skip records that were put since the application first described the stream.
    public bool StartsAtTip => IsOfFirstReader && _services.Time.GetElapsedTime(_acquiredAt) < _services.Timing.StartAtTipWindow;

    public bool IsHeld
    {
        get
        {
            if (Loss is null && _deadline.Left == TimeSpan.Zero)
            {
                // The timer is late, because this process was frozen or has no free threads.
                Lose(LeaseLossReason.NotRenewed, newOwner: null);
            }

            return Loss is null;
        }
    }

    /// <summary>Gets how the lease was lost or released; null while it is held.</summary>
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

    /// <summary>Releases the lease: removes the owner, so that another worker may take it immediately.</summary>
    /// <param name="cancellationToken">Cancels the release.</param>
    /// <returns>True if this call removed the owner; otherwise, false: the lease was lost before.</returns>
    public async ValueTask<bool> ReleaseAsync(CancellationToken cancellationToken)
    {
        var released = await TryUpdateAsync(static _ => new LeaseUpdate { ReleasesLease = true }, cancellationToken).ConfigureAwait(false);
        if (released)
        {
            Lose(LeaseLossReason.Released, newOwner: null);
        }

        return released;
    }

    /// <summary>Compares the lease with its row in a listing, and renews it immediately if another worker may have taken it.</summary>
    /// <param name="row">The row. Listings may be outdated, so only a row with a higher counter than the last own write counts.</param>
    public void OnObserved(Lease row)
    {
        var current = Current;
        if (row.Counter > current.Counter + 1 || (row.Counter > current.Counter && row.Owner is { } owner && owner != _self))
        {
            // The time is set first, because the loop reads it when it is woken.
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
            _services.WriteFailures.ClearFailure(Key);
        }
    }

    private async ValueTask<TimeSpan> RenewAsync(CancellationToken cancellationToken)
    {
        if (Loss is not null)
        {
            return TimeSpan.MaxValue;
        }

        // Every write shows that the owner is alive, so a renewal is needed only if there was no other write.
        if (UntilRenewal is var due && due > TimeSpan.Zero)
        {
            return due;
        }

        try
        {
            await TryUpdateAsync(static _ => new LeaseUpdate(), cancellationToken).ConfigureAwait(false);

            // If the write was recognized late, the next one may already be due.
            return UntilRenewal;
        }
        catch (KclException exception)
        {
            _services.WriteFailures.RecordFailure(Key, exception);
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
            var expected = LeaseRow.Apply(update, current);
            var isOnlyWrite = _unconfirmed.Count == 0;
            _unconfirmed.Add(new(expected, _services.Time.GetTimestamp()));
            if (await SendAsync(LeaseWrite.Update(current.Counter, update), cancellationToken).ConfigureAwait(false) is not { } reply)
            {
                break;
            }

            if (reply.Result.Succeeded)
            {
                _unexpectedConflicts = 0;
                Accept(reply.Result.Current ?? expected, reply.SentAt);
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

    // Null if the lease was lost in the meantime.
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
    /// <param name="row">The current row; null if it was deleted.</param>
    /// <param name="isUnexpected">Whether the write was sent only once, and no earlier write was unconfirmed.</param>
    /// <returns>
    /// True if the write took effect; otherwise, false. If the lease is not lost then, the row was accepted as current, and the write must
    /// be repeated.
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
        _services.WriteFailures.ClearFailure(Key);
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

        // Canceled before anything else, because the shard must stop before another worker may take it. Callbacks run on other threads,
        // because they may call this object.
        _ = _lost.CancelAsync();
        LeasingLog.Lost(_services, Key, _self, reason, newOwner);
    }

    // Renewals are only made earlier, never later, so that leases that were taken together are not renewed together.
    private void ScheduleRenewal()
    {
        var part = 1 - LeaseTiming.RenewalJitter + (LeaseTiming.RenewalJitter * _services.Chance.NextDouble());
        Volatile.Write(ref _nextRenewalTicks, (_services.Timing.RenewalInterval * part).Ticks);
    }
}
