namespace Kcl.Leasing;

/// <summary>
/// A lease that this worker holds, and its only writer: renewals, checkpoints and the release go through it, one at a time.
/// </summary>
internal interface IHeldLease
{
    /// <summary>Gets the key of the lease.</summary>
    LeaseKey Key { get; }

    /// <summary>Gets the row as last written or read.</summary>
    Lease Current { get; }

    /// <summary>
    /// Gets a token that is cancelled when the lease is lost, or when a peer may take it soon because no write succeeded for too long.
    /// </summary>
    CancellationToken Lost { get; }

    /// <summary>
    /// Gets a value indicating whether the lease is held at this moment, by its own clock. Check it before records are delivered:
    /// <see cref="Lost"/> may follow a moment later.
    /// </summary>
    bool IsHeld { get; }

    /// <summary>
    /// Gets a value indicating whether the shard is read for the first time, by the worker that created its lease moments ago.
    /// <c>LATEST</c> then means the tip, and not the instant that the lease remembers.
    /// </summary>
    bool StartsAtTip { get; }

    /// <summary>Writes a change when no other write is in progress. Recognizes its own write if the reply was lost.</summary>
    /// <param name="change">
    /// Returns what to change in the current row; the counter is incremented automatically. <see langword="null"/> leaves the row
    /// unchanged.
    /// </param>
    /// <param name="cancellationToken">Stops waiting; a write that was sent may still take effect.</param>
    /// <returns><see langword="false"/> if the lease is lost.</returns>
    /// <exception cref="KclException">The store failed. The write may have taken effect.</exception>
    ValueTask<bool> TryUpdateAsync(Func<Lease, LeaseUpdate?> change, CancellationToken cancellationToken);
}
