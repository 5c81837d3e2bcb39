namespace Kcl.Leasing;

/// <summary>
/// Stores the leases of one application durably. Writes are conditional. A condition that does not hold gives a result, not an exception.
/// </summary>
/// <remarks>
/// <para>Implementations make no decisions: they do not retry (except within their transport), use no clock and do not balance leases.
/// Conditions and changes must have the meaning that <see cref="LeaseRow"/> defines, and a store must pass the conformance kit in
/// <c>Kcl.Testing</c>. A store calls <see cref="LeaseWrite.ThrowIfInvalid"/> before each write, so that all stores reject the same
/// writes.</para>
/// <para>Failures: <see cref="ThrottlingException"/> and <see cref="DependencyException"/> if a later call may succeed,
/// <see cref="InvalidStateException"/> if an operator must fix something first (a missing table, a denied permission, a corrupt file).
/// After any of the three, a write may or may not have taken effect.</para>
/// <para>A method whose token is canceled throws <see cref="OperationCanceledException"/>.</para>
/// <para>No member has a default implementation: a decorator must forward all of them.</para>
/// </remarks>
public interface ILeaseStore
{
    /// <summary>Gets the name of the application whose leases the store keeps; null if the store is not tied to an application.</summary>
    string? ApplicationName { get; }

    /// <summary>Creates the table or file if it is missing. Several workers may call this method at the same time.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    ValueTask InitializeAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Reads all leases of the application. Rows of another kind are skipped. Rows that should be leases but cannot be read are reported.
    /// The listing may be slightly outdated.
    /// </summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    ValueTask<LeaseListing> ListAsync(CancellationToken cancellationToken);

    /// <summary>Reads the current state of one lease (strongly consistent).</summary>
    /// <param name="key">The key of the lease.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The lease; null if there is none.</returns>
    /// <exception cref="InvalidStateException">There is a row, but it cannot be read as a lease. The message gives the reason.</exception>
    ValueTask<Lease?> GetAsync(LeaseKey key, CancellationToken cancellationToken);

    /// <summary>Applies a change if its condition holds.</summary>
    /// <param name="key">The key of the lease.</param>
    /// <param name="write">The condition and the change.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>
    /// <see cref="LeaseWriteStatus.Written"/> with the row after the change; <see cref="LeaseWriteStatus.Conflict"/> if there is a row for
    /// which the condition does not hold; <see cref="LeaseWriteStatus.Missing"/> if there is no row and the condition requires one.
    /// </returns>
    /// <exception cref="ArgumentException">The write is not valid; see <see cref="LeaseWrite.ThrowIfInvalid"/>.</exception>
    ValueTask<LeaseWriteResult> TryWriteAsync(LeaseKey key, LeaseWrite write, CancellationToken cancellationToken);

    /// <summary>
    /// Determines how the fleet that uses the store assigns its leases. A worker that assigns them in another way must not take any. This
    /// method writes nothing. Workers call it about once a minute, because an operator may switch the mode of a fleet at any time.
    /// </summary>
    /// <remarks>A store that only workers of this library use returns <see cref="LeaseFleet.OfThisLibrary"/>.</remarks>
    /// <param name="listed">The latest listing, which may show pending hand-offs.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The mode, the evidence for it, and what an operator must do.</returns>
    ValueTask<LeaseFleet> InspectFleetAsync(IReadOnlyCollection<Lease> listed, CancellationToken cancellationToken);
}
