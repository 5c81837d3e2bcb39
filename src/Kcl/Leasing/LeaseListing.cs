using System.Collections;

namespace Kcl.Leasing;

/// <summary>Every lease of an application, as one listing of the store shows them.</summary>
public sealed class LeaseListing : IReadOnlyList<Lease>
{
    private readonly IReadOnlyList<Lease> _leases;

    /// <summary>Creates a listing.</summary>
    /// <param name="leases">The leases.</param>
    /// <param name="unreadable">The rows that cannot be read.</param>
    public LeaseListing(IReadOnlyList<Lease> leases, IReadOnlyList<UnreadableLease>? unreadable = null)
    {
        ArgumentNullException.ThrowIfNull(leases);
        (_leases, Unreadable) = (leases, unreadable ?? []);
    }

    /// <summary>
    /// The rows that should be leases but cannot be read. Their shards are not consumed until somebody corrects or removes the row.
    /// </summary>
    public IReadOnlyList<UnreadableLease> Unreadable { get; }

    /// <summary>Gets the keys of the rows that were left out because they belong to other streams.</summary>
    internal IReadOnlyList<LeaseKey> OtherStreams { get; init; } = [];

    /// <summary>How many leases there are.</summary>
    public int Count => _leases.Count;

    /// <summary>A lease by its place in the listing.</summary>
    /// <param name="index">The place, from 0.</param>
    public Lease this[int index] => _leases[index];

    /// <summary>The leases in the order of the listing.</summary>
    public IEnumerator<Lease> GetEnumerator() => _leases.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
