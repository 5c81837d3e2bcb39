using Kcl.Internal;
using Microsoft.Extensions.Logging;

namespace Kcl.Leasing;

/// <summary>One held lease: its only writer, its renewals, and the deadline by which one of its writes must have got through.</summary>
internal sealed class HeldLease : IHeldLease, IAsyncDisposable
{
    private readonly LeasingServices _context;
    private readonly SemaphoreSlim _oneWriter = new(1, 1);
    private readonly CancellationTokenSource _lost = new();
    private readonly ITimer _deadline;
    private readonly SupervisedLoop _renewals;
    private readonly Backoff _backoff;
    private readonly Lock _gate = new();

    // Rows that writes sent with the current counter would make and whose fate is unknown, and when they were sent: one of them may have landed.
    private readonly List<(Lease Row, long SentAt)> _unconfirmed = [];
    // Together with the time in which a lease is taken by its first reader this is five seconds.
    private static readonly TimeSpan TipFor = TimeSpan.FromSeconds(2);

    private readonly WorkerId _self;
    private readonly long _acquiredAt;
    private Lease _current;
    private long _provenAt;
    private TimeSpan _nextRenewal;
    private LeaseLoss? _loss;
    private int _answersOvertaken;
    private bool _disposed;

    /// <param name="context">What all leases of a worker share.</param>
    /// <param name="acquired">The row as the write that acquired it left it.</param>
    /// <param name="acquiredAt">The clock's timestamp when that write was sent.</param>
    public HeldLease(LeasingServices context, Lease acquired, long acquiredAt)
    {
        (_context, _current, _provenAt) = (context, acquired, acquiredAt);
        _acquiredAt = acquiredAt;
        _self = acquired.Owner ?? throw new ArgumentException("A held lease has an owner.", nameof(acquired));
        _nextRenewal = NextRenewal();
        _backoff = new(context.Timing.FailoverTime / 50, context.Timing.RenewalInterval / 2, context.Random, context.Timing.FailoverTime / 100);
        _deadline = context.Time.CreateTimer(static state => ((HeldLease)state!).DeadlinePassed(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _deadline.Change(UntilDeadline, Timeout.InfiniteTimeSpan);
        _renewals = new($"renewal of {acquired.Key}", RenewAsync, _backoff, context.Time, context.Logger);
        Lost = _lost.Token;
    }

    public LeaseKey Key => _current.Key;

    public Lease Current => Volatile.Read(ref _current);

    public CancellationToken Lost { get; }

    /// <summary>Whether the lease was taken by the first reader of its shard.</summary>
    public bool IsOfFirstReader { get; init; }

    /// <summary>Whether the shard may be read from the tip now: later, records put since the application's first look would be missed.</summary>
    public bool StartsAtTip => IsOfFirstReader && _context.Time.GetElapsedTime(_acquiredAt) < TipFor;

    public bool IsHeld
    {
        get
        {
            if (Loss is null && UntilDeadline == TimeSpan.Zero)
            {
                // The timer is late: this process was frozen, or is starved of threads.
                Lose(LeaseLossReason.NotRenewed, newOwner: null);
            }

            return Loss is null;
        }
    }

    /// <summary>Why the lease is not held any more; null while it is.</summary>
    public LeaseLoss? Loss => Volatile.Read(ref _loss);

    private TimeSpan UntilDeadline
    {
        get
        {
            var left = _context.Timing.OwnDeadline - _context.Time.GetElapsedTime(Volatile.Read(ref _provenAt));
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    /// <summary>Starts the renewals.</summary>
    public void Start() => _renewals.Start();

    public async ValueTask<bool> TryUpdateAsync(Func<Lease, LeaseUpdate?> change, CancellationToken cancellationToken)
    {
        if (_context.Bugs.HasFlag(PlantedBugs.TwoWritersOfOneLease))
        {
            return await WriteAsync(change, cancellationToken).ConfigureAwait(false);
        }

        await _oneWriter.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await WriteAsync(change, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _oneWriter.Release();
        }
    }

    /// <summary>Gives the lease back: removes the owner, so that a peer may take it at once.</summary>
    /// <returns>Whether the row has no owner now by our doing; false if the lease was lost before.</returns>
    public async ValueTask<bool> ReleaseAsync(CancellationToken cancellationToken)
    {
        var released = await TryUpdateAsync(static _ => new LeaseUpdate { ReleasesLease = true }, cancellationToken).ConfigureAwait(false);
        if (released)
        {
            Lose(LeaseLossReason.Released, newOwner: null);
        }

        return released;
    }

    /// <summary>Compares the holding with a row somebody read. Only a row that is ahead of what we wrote says anything: reads may be behind.</summary>
    public void Seen(Lease row)
    {
        var current = Current;
        if (row.Counter > current.Counter + 1 || (row.Counter > current.Counter && row.Owner is { } owner && owner != _self))
        {
            _renewals.Wake();
            _nextRenewal = TimeSpan.Zero;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!Interlocked.Exchange(ref _disposed, true))
        {
            await _renewals.DisposeAsync().ConfigureAwait(false);
            await _deadline.DisposeAsync().ConfigureAwait(false);
            Lose(LeaseLossReason.Released, newOwner: null);
            _context.Trouble.Over(Key);
        }
    }

    private async ValueTask<TimeSpan> RenewAsync(CancellationToken cancellationToken)
    {
        if (Loss is not null)
        {
            return TimeSpan.MaxValue;
        }

        // Any write proves that we live: only a lease that was not written in time needs a write of its own.
        var due = _nextRenewal - _context.Time.GetElapsedTime(Volatile.Read(ref _provenAt));
        if (due > TimeSpan.Zero)
        {
            return due;
        }

        try
        {
            await TryUpdateAsync(static _ => new LeaseUpdate(), cancellationToken).ConfigureAwait(false);

            // A write recognised late proves little; the next one is then due at once.
            due = _nextRenewal - _context.Time.GetElapsedTime(Volatile.Read(ref _provenAt));
            return due > TimeSpan.Zero ? due : TimeSpan.Zero;
        }
        catch (KclException exception)
        {
            _context.Trouble.Failed(Key, exception);
            return _backoff.After(1);
        }
    }

    private async ValueTask<bool> WriteAsync(Func<Lease, LeaseUpdate?> change, CancellationToken cancellationToken)
    {
        while (Loss is null)
        {
            if (UntilDeadline == TimeSpan.Zero)
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
            var alone = _unconfirmed.Count == 0;
            _unconfirmed.Add((wanted, _context.Time.GetTimestamp()));

            var (write, sends, answeredSentAt) = await SendAsync(LeaseWrite.Fenced(current.Counter, update), cancellationToken).ConfigureAwait(false);
            switch (write)
            {
                case null:
                    break;
                case { Succeeded: true } written:
                    _answersOvertaken = 0;
                    Accept(written.Current ?? wanted, answeredSentAt);
                    return true;
                case { Status: LeaseWriteStatus.Missing }:
                    Lose(LeaseLossReason.Deleted, newOwner: null);
                    break;
                case { } conflict:
                    var now = conflict.Current ?? await _context.Store.GetAsync(Key, cancellationToken).ConfigureAwait(false);
                    if (_context.Bugs.HasFlag(PlantedBugs.UnfencedCheckpoints) && update.Checkpoint is not null && now is not null)
                    {
                        await _context.Store.TryWriteAsync(Key, LeaseWrite.Fenced(now.Counter, update), cancellationToken).ConfigureAwait(false);
                    }

                    if (Recognise(now, wanted, alone && sends == 1))
                    {
                        return true;
                    }

                    break;
            }
        }

        return false;
    }

    /// <summary>After a conflict: whether the row is the one we wanted to make. Where it is an earlier write of ours, it becomes current and the caller goes round again.</summary>
    private bool Recognise(Lease? now, Lease wanted, bool unexpected)
    {
        if (now is null)
        {
            Lose(LeaseLossReason.Deleted, newOwner: null);
        }
        else if (!_context.Bugs.HasFlag(PlantedBugs.LostReplyIsLostLease) && _unconfirmed.FindIndex(maybe => LeaseRow.SameHolding(maybe.Row, now)) is >= 0 and var landed)
        {
            if (unexpected && ++_answersOvertaken >= 3)
            {
                LeasingLog.PerhapsDuplicateWorkerId(_context.Logger, Key, _self);
            }

            // Which of several like it landed is not known: peers may have seen the first.
            Accept(now, _unconfirmed[landed].SentAt);
            return LeaseRow.SameHolding(now, wanted);
        }
        else
        {
            Lose(now.Owner == _self ? LeaseLossReason.DuplicateWorkerId : LeaseLossReason.Taken, now.Owner);
        }

        return false;
    }

    /// <summary>Sends one conditional write until there is an answer. A write that is not answered is sent again beside the first: whichever answers first counts, and the counter lets only one of them take effect.</summary>
    /// <returns>The answer, or null if the lease was lost meanwhile; how often the write was sent; and when the one that was answered was.</returns>
    private async ValueTask<(LeaseWriteResult? Write, int Sends, long SentAt)> SendAsync(LeaseWrite write, CancellationToken cancellationToken)
    {
        const int MostSends = 3;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, Lost);
        var outstanding = new List<Task<LeaseWriteResult>>(1);
        var sentAt = new List<long>(1);
        var sends = 0;
        var wait = TimeSpan.Zero;
        try
        {
            while (true)
            {
                if (wait == TimeSpan.Zero)
                {
                    sends++;
                    sentAt.Add(_context.Time.GetTimestamp());
                    outstanding.Add(_context.Store.TryWriteAsync(Key, write, end.Token).AsTask());
                    wait = sends < MostSends ? _context.Timing.AskAgainAfter : Timeout.InfiniteTimeSpan;
                }

                if (outstanding.Count == 0)
                {
                    await Task.Delay(wait, _context.Time, end.Token).ConfigureAwait(false);
                    wait = TimeSpan.Zero;
                    continue;
                }

                Task<LeaseWriteResult> answered;
                try
                {
                    answered = await Task.WhenAny(outstanding).WaitAsync(wait, _context.Time, end.Token).ConfigureAwait(false);
                }
                catch (TimeoutException)
                {
                    wait = TimeSpan.Zero;
                    continue;
                }

                var which = outstanding.IndexOf(answered);
                try
                {
                    return (await answered.ConfigureAwait(false), sends, sentAt[which]);
                }
                catch (KclException exception) when (exception.IsTransient && (sends < MostSends || outstanding.Count > 1))
                {
                    // Those still under way may be answered while this rests before the next.
                    _context.Trouble.Failed(Key, exception);
                    outstanding.RemoveAt(which);
                    sentAt.RemoveAt(which);
                    wait = sends < MostSends ? _backoff.After(sends) : Timeout.InfiniteTimeSpan;
                }
            }
        }
        catch (OperationCanceledException) when (Loss is not null && !cancellationToken.IsCancellationRequested)
        {
            return (null, sends, default);
        }
        finally
        {
            await end.CancelAsync().ConfigureAwait(false);
            foreach (var task in outstanding)
            {
                // Nobody waits for the losers of the race any more; their failures say nothing new.
                _ = task.ContinueWith(static t => t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            }
        }
    }

    private void Accept(Lease row, long sentAt)
    {
        Volatile.Write(ref _current, row);
        _unconfirmed.Clear();
        _nextRenewal = NextRenewal();
        _context.Trouble.Over(Key);
        lock (_gate)
        {
            Volatile.Write(ref _provenAt, sentAt);
            if (_loss is null)
            {
                _deadline.Change(UntilDeadline, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private void DeadlinePassed()
    {
        // The timer may have been on its way while a write succeeded.
        var left = UntilDeadline;
        if (left > TimeSpan.Zero)
        {
            lock (_gate)
            {
                _deadline.Change(left, Timeout.InfiniteTimeSpan);
            }

            return;
        }

        Lose(LeaseLossReason.NotRenewed, newOwner: null);
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

        // First of all: the shard must have stopped before a peer may take it. Callbacks run elsewhere: they may come back in here.
        _ = _lost.CancelAsync();
        _context.LogLoss(Key, _self, reason, newOwner);
    }

    // A little sooner than due, never later, so that leases taken together drift apart.
    private TimeSpan NextRenewal() => _context.Timing.RenewalInterval * (0.95 + (0.05 * _context.NextDouble()));
}
