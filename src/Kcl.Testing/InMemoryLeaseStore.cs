using Kcl.Leasing;

namespace Kcl.Testing;

/// <summary>
/// Stores leases in memory, for tests. Consumers that use the same instance share its leases. The store is safe for concurrent use.
/// </summary>
/// <param name="applicationName">The name of the application; null for a store that any application can use.</param>
public sealed class InMemoryLeaseStore(string? applicationName = null) : ILeaseStore
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<LeaseKey, Lease> _leases = [];

    /// <inheritdoc />
    public string? ApplicationName { get; } = applicationName;

    /// <summary>Gets a snapshot of all leases.</summary>
    public IReadOnlyList<Lease> Leases
    {
        get
        {
            lock (_gate)
            {
                return [.. _leases.Values];
            }
        }
    }

    /// <summary>
    /// Gets or sets the action that is called before each write, with the key of the lease. The write throws its exceptions.
    /// </summary>
    internal Action<LeaseKey>? BeforeWrite { get; set; }

    /// <inheritdoc />
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled.</exception>
    public ValueTask InitializeAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc />
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled.</exception>
    public ValueTask<LeaseListing> ListAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(new LeaseListing(Leases));
    }

    /// <inheritdoc />
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled.</exception>
    public ValueTask<Lease?> GetAsync(LeaseKey key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Find(key));
    }

    /// <inheritdoc />
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled.</exception>
    public ValueTask<LeaseWriteResult> TryWriteAsync(LeaseKey key, LeaseWrite write, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        BeforeWrite?.Invoke(key);
        return ValueTask.FromResult(Write(key, write));
    }

    /// <inheritdoc />
    public ValueTask<LeaseFleet> InspectFleetAsync(IReadOnlyCollection<Lease> listed, CancellationToken cancellationToken) =>
        ValueTask.FromResult(LeaseFleet.OfThisLibrary);

    internal Lease? Find(LeaseKey key)
    {
        lock (_gate)
        {
            return _leases.GetValueOrDefault(key);
        }
    }

    internal LeaseWriteResult Create(Lease lease) => Write(lease.Key, LeaseWrite.Create(lease));

    internal LeaseWriteResult Delete(LeaseKey key, long? expectedCounter) => Write(key, LeaseWrite.Delete(expectedCounter));

    internal LeaseWriteResult Write(LeaseKey key, LeaseWrite write)
    {
        write.ThrowIfInvalid(key);
        lock (_gate)
        {
            var before = _leases.GetValueOrDefault(key);
            if (!LeaseRow.Admits(write.Condition, before))
            {
                return before is null ? LeaseWriteResult.Missing() : LeaseWriteResult.Conflict(before);
            }

            var after = LeaseRow.Apply(write.Change, before);
            if (after is null)
            {
                _leases.Remove(key);
            }
            else
            {
                _leases[key] = after;
            }

            return LeaseWriteResult.Written(after);
        }
    }
}
