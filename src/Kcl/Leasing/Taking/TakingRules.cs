namespace Kcl.Leasing.Taking;

/// <summary>Decides which leases a worker may take, and what it writes to them.</summary>
/// <param name="RowsOfStream">Selects the rows of the stream that is read. Others are ignored.</param>
/// <param name="MayTakeAsync">Returns whether the worker may take any, given the listing of the lease table.</param>
/// <param name="IsOfThisStream">Returns whether a lease belongs to the stream that is read, or names no stream.</param>
/// <param name="NotesOnTake">Returns the private attributes that a take changes; null if it changes none.</param>
/// <param name="IsFirstReader">Returns whether the taker of a lease is the first to read its shard.</param>
internal sealed record TakingRules(
    Func<LeaseListing, LeaseListing> RowsOfStream,
    Func<IReadOnlyList<Lease>, CancellationToken, ValueTask<bool>> MayTakeAsync,
    Func<Lease, bool> IsOfThisStream,
    Func<Lease, IReadOnlyDictionary<string, string?>?> NotesOnTake,
    Func<Lease, bool> IsFirstReader);
