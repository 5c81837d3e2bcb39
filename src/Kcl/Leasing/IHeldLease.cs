namespace Kcl.Leasing;

/// <summary>A lease this worker holds, and its only writer: renewals, checkpoints and the release go through it, one at a time.</summary>
internal interface IHeldLease
{
    /// <summary>The lease's key.</summary>
    LeaseKey Key { get; }

    /// <summary>The row as last written or read.</summary>
    Lease Current { get; }

    /// <summary>Cancelled, once and for good, when the lease is not ours any more or may soon be taken: no renewal got through for too long.</summary>
    CancellationToken Lost { get; }

    /// <summary>Whether the lease is held at this moment, by its own clock. Asked before records are handed over: <see cref="Lost"/> may follow a moment later.</summary>
    bool IsHeld { get; }

    /// <summary>Whether the shard is read for the first time, by the worker that created its lease moments ago: <c>LATEST</c> then means the tip, and not the instant that the lease remembers.</summary>
    bool StartsAtTip { get; }

    /// <summary>Writes a change, waiting its turn. A write whose reply was lost is recognised as our own.</summary>
    /// <param name="change">Given the current row, what to change (the counter is filled in here); null to leave the row as it is.</param>
    /// <param name="cancellationToken">Stops waiting; a write already sent may still take effect.</param>
    /// <returns>False if the lease is lost. Store failures are thrown as <see cref="KclException"/>.</returns>
    ValueTask<bool> TryUpdateAsync(Func<Lease, LeaseUpdate?> change, CancellationToken cancellationToken);
}
