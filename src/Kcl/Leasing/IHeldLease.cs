namespace Kcl.Leasing;

/// <summary>
/// A lease that this worker holds, and its only writer: renewals, checkpoints and the release go through it, one at a time.
/// </summary>
internal interface IHeldLease
{
    /// <summary>Gets the key of the lease.</summary>
    LeaseKey Key { get; }

    /// <summary>Gets the row as it was last written or read.</summary>
    Lease Current { get; }

    /// <summary>
    /// Gets a token that is canceled when the lease is lost, or when another worker may soon take it because no write has succeeded for too
    /// long.
    /// </summary>
    CancellationToken Lost { get; }

    /// <summary>
    /// Gets a value indicating whether the lease is still held, by this worker's clock. Check it before records are delivered, because
    /// <see cref="Lost"/> may be canceled a little later.
    /// </summary>
    bool IsHeld { get; }

    /// <summary>
    /// Gets a value indicating whether the shard is read for the first time, by the worker that has just created its lease. <c>LATEST</c>
    /// then means the tip, and not the start time that is stored in the lease.
    /// </summary>
    bool StartsAtTip { get; }

    /// <summary>
    /// Writes a change when no other write is in progress. If the reply to a write is lost, the write is recognized by its row.
    /// </summary>
    /// <param name="change">
    /// Returns what to change in the current row; the counter is incremented automatically. null leaves the row unchanged.
    /// </param>
    /// <param name="cancellationToken">Stops waiting; a write that was sent may still take effect.</param>
    /// <returns>True if the change was written, or was not needed; otherwise, false: the lease is lost.</returns>
    /// <exception cref="KclException">The store failed. The write may have taken effect.</exception>
    ValueTask<bool> TryUpdateAsync(Func<Lease, LeaseUpdate?> change, CancellationToken cancellationToken);
}
