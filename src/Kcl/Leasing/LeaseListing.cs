using System.Collections;

namespace Kcl.Leasing;

/// <summary>The result of listing all leases of an application.</summary>
public sealed class LeaseListing : IReadOnlyList<Lease>
{
    private readonly IReadOnlyList<Lease> _leases;

    /// <summary>Creates a listing.</summary>
    /// <param name="leases">The leases.</param>
    /// <param name="unreadable">The rows that cannot be read.</param>
    public LeaseListing(IReadOnlyList<Lease> leases, IReadOnlyList<UnreadableLease>? unreadable = null)
    {
        ArgumentNullException.ThrowIfNull(leases);
        _leases = leases;
        Unreadable = unreadable ?? [];
    }

    /// <summary>
    /// Gets the rows that should be leases but cannot be read. Their shards are not consumed until the rows are corrected or removed.
    /// </summary>
    public IReadOnlyList<UnreadableLease> Unreadable { get; }

    /// <summary>Gets the keys of the rows that were left out because they belong to other streams.</summary>
    internal IReadOnlyList<LeaseKey> OtherStreams { get; init; } = [];

    /// <summary>Gets the number of leases.</summary>
    public int Count => _leases.Count;

    /// <summary>Gets the lease at an index of the listing.</summary>
    /// <param name="index">The zero-based index.</param>
    public Lease this[int index] => _leases[index];

    /// <summary>Returns an enumerator of the leases.</summary>
    public IEnumerator<Lease> GetEnumerator() => _leases.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
