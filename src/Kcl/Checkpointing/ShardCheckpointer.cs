using Kcl.Diagnostics;
using Kcl.Leasing;

namespace Kcl.Checkpointing;

/// <summary>
/// Stores the checkpoints of one processor instance. A checkpoint never moves back, never passes the records that were delivered, and
/// requires the lease. Thread-safe.
/// </summary>
#pragma warning disable CA1001 // Never disposed: a late call of a processor must throw LeaseLostException, not ObjectDisposedException.
internal sealed class ShardCheckpointer : ICheckpointer
#pragma warning restore CA1001
{
    private readonly IHeldLease _lease;
    private readonly ShardMetrics _metrics;
    private readonly TimeProvider _time;

    // Only one checkpoint is made at a time, so that each is validated against the previous one. The lock guards the fields.
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Lock _gate = new();
    private CheckpointRules _rules;
    private string? _closed;

    /// <param name="lease">The held lease.</param>
    /// <param name="metrics">The metrics of the shard.</param>
    /// <param name="time">The clock.</param>
    public ShardCheckpointer(IHeldLease lease, ShardMetrics metrics, TimeProvider time)
    {
        _lease = lease;
        _metrics = metrics;
        _time = time;
        _rules = CheckpointRules.ResumeAt(lease.Current.Checkpoint);
    }

    /// <summary>Gets the last checkpoint.</summary>
    public ExtendedSequenceNumber Last
    {
        get { lock (_gate) { return _rules.Last; } }
    }

    /// <summary>Records that a call with records begins.</summary>
    /// <param name="first">The position of the first record.</param>
    /// <param name="last">The position of the last record.</param>
    public void BeginDelivery(ExtendedSequenceNumber first, ExtendedSequenceNumber last)
    {
        lock (_gate)
        {
            _rules = _rules.BeforeDelivery(first, last);
        }
    }

    /// <summary>Records that the call has ended.</summary>
    /// <param name="processed">Whether the call returned. If not, a checkpoint without a position does not include its records.</param>
    public void EndDelivery(bool processed)
    {
        lock (_gate)
        {
            _rules = processed ? _rules.AfterProcessing() : _rules.AfterFailure();
        }
    }

    /// <summary>Records that every record was delivered: from now on, the largest valid checkpoint is the end of the shard.</summary>
    public void BeginShardEnd()
    {
        lock (_gate)
        {
            _rules = _rules.AfterLastRecord();
        }
    }

    /// <summary>Rejects every later checkpoint as if the lease were lost.</summary>
    /// <param name="reason">The reason, for the message.</param>
    public void Close(string reason)
    {
        lock (_gate)
        {
            _closed ??= reason;
        }
    }

    /// <inheritdoc />
    public ValueTask CheckpointAsync(CancellationToken cancellationToken = default) => StoreAsync(null, cancellationToken);

    /// <inheritdoc />
    public ValueTask CheckpointAsync(KinesisRecord record, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(record);
        return StoreAsync(record.Position, cancellationToken);
    }

    /// <inheritdoc />
    public ValueTask CheckpointAsync(
        SequenceNumber sequenceNumber, long subSequenceNumber = 0, CancellationToken cancellationToken = default) => subSequenceNumber < 0
        ? throw new InvalidCheckpointException(
            $"Shard {_lease.Current.ShardId} cannot be checkpointed at {sequenceNumber}: the sub-sequence number {subSequenceNumber} is "
            + "negative.")
        : StoreAsync(new ExtendedSequenceNumber(sequenceNumber, subSequenceNumber), cancellationToken);

    /// <inheritdoc />
    public async ValueTask<IPreparedCheckpoint> PrepareCheckpointAsync(
        ExtendedSequenceNumber? position = null,
        ReadOnlyMemory<byte> applicationState = default,
        CancellationToken cancellationToken = default)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var target = Validate(position);
            if (target != Last)
            {
                var state = applicationState.IsEmpty ? (ReadOnlyMemory<byte>?)null : applicationState;
                var pending = new PendingCheckpoint { Position = target, State = state };
                await WriteAsync(_ => new LeaseUpdate { PendingCheckpoint = new(pending) }, cancellationToken).ConfigureAwait(false);
            }

            return new PreparedCheckpoint(this, target);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async ValueTask StoreAsync(ExtendedSequenceNumber? position, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var target = Validate(position);
            if (target == Last && _lease.Current.PendingCheckpoint is null)
            {
                return;
            }

            await WriteAsync(current => CreateUpdate(current, target), cancellationToken).ConfigureAwait(false);
            lock (_gate)
            {
                _rules = _rules.AfterCheckpoint(target);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Validates a checkpoint without a call of the store.</summary>
    private ExtendedSequenceNumber Validate(ExtendedSequenceNumber? position)
    {
        lock (_gate)
        {
            if (_closed is not null || _lease.Lost.IsCancellationRequested)
            {
                throw new LeaseLostException($"Shard {_lease.Current.ShardId} cannot be checkpointed: {_closed ?? "its lease is lost"}.");
            }

            return _rules.Resolve(position) ?? throw CreateException(position!.Value, _rules.Smallest, _rules.Largest);
        }
    }

    private LeaseUpdate? CreateUpdate(Lease current, ExtendedSequenceNumber target)
    {
        // A write that was reported as failed may have taken effect, so the position is compared with the row, not only with the last known
        // checkpoint.
        if (current.Checkpoint > target)
        {
            throw CreateException(target, current.Checkpoint, _rules.Largest);
        }

        return current.Checkpoint == target && current.PendingCheckpoint is null
            ? null
            : new LeaseUpdate
            {
                Checkpoint = target,
                PendingCheckpoint = new(null),
                OwnerSwitchesSinceCheckpoint = 0,
                ChildShardIds = current.ChildShardIds.Count > 0 ? current.ChildShardIds : null,
            };
    }

    private async ValueTask WriteAsync(Func<Lease, LeaseUpdate?> change, CancellationToken cancellationToken)
    {
        var started = _time.GetTimestamp();
        var written = false;
        try
        {
            written = await _lease.TryUpdateAsync(change, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (written)
            {
                _metrics.Checkpointed(_time.GetElapsedTime(started));
            }
            else
            {
                _metrics.CheckpointFailed();
            }
        }

        if (!written)
        {
            throw new LeaseLostException($"Shard {_lease.Current.ShardId} cannot be checkpointed: its lease is lost.");
        }
    }

    private InvalidCheckpointException CreateException(
        ExtendedSequenceNumber position, ExtendedSequenceNumber last, ExtendedSequenceNumber largest) => new(
        $"Shard {_lease.Current.ShardId} cannot be checkpointed at {position}: the position must lie between {last} (the last checkpoint, "
        + $"or the first delivered record) and {largest} (the last delivered record).");

    private sealed class PreparedCheckpoint(ShardCheckpointer owner, ExtendedSequenceNumber position) : IPreparedCheckpoint
    {
        public ExtendedSequenceNumber Position { get; } = position;

        public ValueTask CheckpointAsync(CancellationToken cancellationToken = default) => owner.StoreAsync(Position, cancellationToken);
    }
}
