using Kcl.Leasing;

namespace Kcl.Unit.Tests.Consuming;

#pragma warning disable CA1001 // The source has neither a timer nor a linked token.
/// <summary>A held lease in memory. It applies updates as a store would, and fails or is lost when a test requests it.</summary>
internal sealed class FakeLease : IHeldLease
{
    private readonly Lock _gate = new();
    private readonly Queue<Exception> _faults = [];
    private readonly CancellationTokenSource _lost = new();
    private readonly List<LeaseUpdate> _writes = [];
    private Lease _row;

    public FakeLease(ShardId shardId, ExtendedSequenceNumber checkpoint) =>
        _row = new Lease
        {
            Key = new(shardId.Value),
            ShardId = shardId,
            Checkpoint = checkpoint,
            Owner = new("me"),
            Counter = 1,
            OwnerSwitchesSinceCheckpoint = 3,
        };

    public LeaseKey Key => Current.Key;

    public Lease Current
    {
        get { lock (_gate) { return _row; } }
        set { lock (_gate) { _row = value; } }
    }

    public CancellationToken Lost => _lost.Token;

    /// <summary>
    /// Gets or sets a value indicating whether the lease is held according to its own clock. Its token may be canceled later.
    /// </summary>
    public bool IsHeld { get => field && !_lost.IsCancellationRequested; set; } = true;

    public bool StartsAtTip { get; set; }

    public IReadOnlyList<LeaseUpdate> Writes
    {
        get { lock (_gate) { return [.. _writes]; } }
    }

    /// <summary>
    /// Gets or sets a value indicating whether a failing write takes effect nevertheless, like a write whose response was lost.
    /// </summary>
    public bool FailedWritesLand { get; set; }

    public Func<CancellationToken, Task>? BeforeWrite { get; set; }

    public void Lose() => _lost.Cancel();

    public void FailWrites(params Exception[] faults)
    {
        lock (_gate)
        {
            foreach (var fault in faults)
            {
                _faults.Enqueue(fault);
            }
        }
    }

    public async ValueTask<bool> TryUpdateAsync(Func<Lease, LeaseUpdate?> change, CancellationToken cancellationToken)
    {
        if (BeforeWrite is { } before)
        {
            await before(cancellationToken);
        }

        await Task.Yield();
        lock (_gate)
        {
            if (_lost.IsCancellationRequested)
            {
                return false;
            }

            if (change(_row) is not { } update)
            {
                return true;
            }

            var fails = _faults.TryDequeue(out var fault);
            if (!fails || FailedWritesLand)
            {
                _writes.Add(update);
                _row = LeaseRow.Apply(update with { IncrementsCounter = true }, _row);
            }

            return fails ? throw fault! : true;
        }
    }
}
