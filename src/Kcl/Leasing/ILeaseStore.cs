using Kcl.Kinesis;

namespace Kcl.Leasing;

/// <summary>Durable leases of one application. Writes are conditional and attribute-wise; losing a race is a result, not an exception.</summary>
/// <remarks>
/// <para>Implementations hold no policy: no retries beyond their transport's, no clock, no balancing. They must pass the conformance kit in <c>Kcl.Testing</c>.</para>
/// <para>Failures: <see cref="ThrottlingException"/> and <see cref="DependencyException"/> where a later call may succeed, <see cref="InvalidStateException"/> where
/// somebody must mend something first (a missing table, a denied permission, a corrupt file). After any of the three a write may or may not have taken effect.</para>
/// </remarks>
public interface ILeaseStore
{
    /// <summary>Creates the table or file if it is missing. Safe to call from every worker at once.</summary>
    /// <param name="cancellationToken">Abandons the call.</param>
    ValueTask InitializeAsync(CancellationToken cancellationToken);

    /// <summary>Reads every lease of this application. Rows of another kind are skipped; rows that should be leases but cannot be read are reported. May be a moment behind.</summary>
    /// <param name="cancellationToken">Abandons the call.</param>
    ValueTask<LeaseListing> ListAsync(CancellationToken cancellationToken);

    /// <summary>Reads one lease as it is now (strongly consistent).</summary>
    /// <param name="key">The lease.</param>
    /// <param name="cancellationToken">Abandons the call.</param>
    /// <returns>The lease, or null if there is none.</returns>
    /// <exception cref="InvalidStateException">There is a row, but it cannot be read; the message says why.</exception>
    ValueTask<Lease?> GetAsync(LeaseKey key, CancellationToken cancellationToken);

    /// <summary>Adds a lease with every attribute given; <see cref="LeaseWriteStatus.Conflict"/> if the key is already there.</summary>
    /// <param name="lease">The new lease.</param>
    /// <param name="cancellationToken">Abandons the call.</param>
    ValueTask<LeaseWrite> TryCreateAsync(Lease lease, CancellationToken cancellationToken);

    /// <summary>Changes the named attributes, and no other, if the update's condition holds.</summary>
    /// <param name="key">The lease.</param>
    /// <param name="update">Condition and changes.</param>
    /// <param name="cancellationToken">Abandons the call.</param>
    ValueTask<LeaseWrite> TryUpdateAsync(LeaseKey key, LeaseUpdate update, CancellationToken cancellationToken);

    /// <summary>Removes a lease.</summary>
    /// <param name="key">The lease.</param>
    /// <param name="expectedCounter">The counter the row must have; null to remove it whatever it has.</param>
    /// <param name="cancellationToken">Abandons the call.</param>
    ValueTask<LeaseWrite> TryDeleteAsync(LeaseKey key, long? expectedCounter, CancellationToken cancellationToken);
}

/// <summary>A change of an attribute that may also be absent.</summary>
/// <typeparam name="T">The attribute's type.</typeparam>
/// <param name="Value">The new value; null removes the attribute.</param>
public readonly record struct Change<T>(T? Value) where T : struct;

/// <summary>A prepared checkpoint and what the application stored with it.</summary>
/// <param name="Position">Where the checkpoint is to be.</param>
/// <param name="State">The application's state; null where none was given.</param>
public readonly record struct PendingCheckpoint(ExtendedSequenceNumber Position, ReadOnlyMemory<byte>? State);

/// <summary>The answer to a conditional write.</summary>
/// <param name="Status">Whether the write took effect.</param>
/// <param name="Current">The row after a write that took effect; after a conflict, the row that prevented it, if the store could say.</param>
public readonly record struct LeaseWrite(LeaseWriteStatus Status, Lease? Current)
{
    /// <summary>Whether the write took effect.</summary>
    public bool Succeeded => Status == LeaseWriteStatus.Written;
}

/// <summary>What became of a conditional write.</summary>
public enum LeaseWriteStatus
{
    /// <summary>The store now holds what was asked for.</summary>
    Written,

    /// <summary>The condition did not hold: another worker wrote first. Normal traffic, never logged above Debug.</summary>
    Conflict,

    /// <summary>The lease does not exist.</summary>
    Missing,
}
