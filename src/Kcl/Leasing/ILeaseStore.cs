namespace Kcl.Leasing;

/// <summary>Durable leases of one application. Writes are conditional, and losing a race is a result, not an exception.</summary>
/// <remarks>
/// <para>Implementations hold no policy: no retries beyond their transport's, no clock, no balancing. They give conditions and changes the
/// meaning that <see cref="LeaseRow"/> gives them, and must pass the conformance kit in <c>Kcl.Testing</c>.</para>
/// <para>Failures: <see cref="ThrottlingException"/> and <see cref="DependencyException"/> if a later call may succeed,
/// <see cref="InvalidStateException"/> if an operator must fix something first (a missing table, a denied permission, a corrupt file).
/// After any of the three a write may or may not have taken effect.</para>
/// <para>No member has a default implementation: a decorator must forward all of them.</para>
/// </remarks>
public interface ILeaseStore
{
    /// <summary>
    /// Gets the name of the application whose leases the store keeps; <see langword="null"/> if the store is not tied to an application.
    /// </summary>
    string? ApplicationName { get; }

    /// <summary>Creates the table or file if it is missing. Every worker may call it, also at the same time.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    ValueTask InitializeAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Reads all leases of the application. Rows of another kind are skipped. Rows that should be leases but cannot be read are reported.
    /// The listing may be slightly behind.
    /// </summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    ValueTask<LeaseListing> ListAsync(CancellationToken cancellationToken);

    /// <summary>Reads one lease as it is now (strongly consistent).</summary>
    /// <param name="key">The key of the lease.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The lease, or <see langword="null"/> if there is none.</returns>
    /// <exception cref="InvalidStateException">There is a row, but it cannot be read. The message says why.</exception>
    ValueTask<Lease?> GetAsync(LeaseKey key, CancellationToken cancellationToken);

    /// <summary>Makes a change if its condition holds.</summary>
    /// <param name="key">The key of the lease.</param>
    /// <param name="write">The condition and the change.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>
    /// <see cref="LeaseWriteStatus.Written"/> with the row after the change; <see cref="LeaseWriteStatus.Conflict"/> if there is a row that
    /// the
    /// condition does not admit; <see cref="LeaseWriteStatus.Missing"/> if there is no row and the condition requires one.
    /// </returns>
    /// <exception cref="ArgumentException">The write is not valid; see <see cref="LeaseWrite.ThrowIfInvalid"/>.</exception>
    ValueTask<LeaseWriteResult> TryWriteAsync(LeaseKey key, LeaseWrite write, CancellationToken cancellationToken);

    /// <summary>
    /// Returns how the fleet that uses the store hands out its leases, so that a worker that would do it differently does not take any.
    /// Reads only. Workers repeat it about once a minute, because an operator may switch the mode of a fleet at any time.
    /// </summary>
    /// <remarks>A store that only workers of this library use returns <see cref="LeaseFleet.OfThisLibrary"/>.</remarks>
    /// <param name="listed">The latest listing, which may show pending hand-offs.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The mode, what it was concluded from, and what an operator must do.</returns>
    ValueTask<LeaseFleet> InspectFleetAsync(IReadOnlyCollection<Lease> listed, CancellationToken cancellationToken);
}
