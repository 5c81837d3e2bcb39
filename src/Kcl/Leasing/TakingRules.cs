namespace Kcl.Leasing;

/// <summary>What a worker may take, and what it notes when it does.</summary>
/// <param name="RowsOfStream">Selects the rows that belong to the stream that is read; nothing else is looked at.</param>
/// <param name="MayTakeAsync">Whether it may take anything, given the table as read.</param>
/// <param name="IsOfThisStream">Whether a lease belongs to the stream that is read, as far as it says.</param>
/// <param name="NotesOnTake">The private attributes that a take changes; null where none.</param>
/// <param name="IsFirstReader">Whether the taker of a lease would be the first to read its shard.</param>
internal sealed record TakingRules(
    Func<LeaseListing, LeaseListing> RowsOfStream,
    Func<IReadOnlyList<Lease>, CancellationToken, ValueTask<bool>> MayTakeAsync,
    Func<Lease, bool> IsOfThisStream,
    Func<Lease, IReadOnlyDictionary<string, string?>?> NotesOnTake,
    Func<Lease, bool> IsFirstReader);
