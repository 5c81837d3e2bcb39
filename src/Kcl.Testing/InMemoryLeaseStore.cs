using Kcl.Leasing;

namespace Kcl.Testing;

/// <summary>Leases in memory, for tests: every consumer that is given the same instance shares them. Safe for concurrent use; answers at once.</summary>
public sealed class InMemoryLeaseStore : ILeaseStore
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<LeaseKey, Lease> _leases = [];

    /// <summary>Every lease, as it is now.</summary>
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

    /// <inheritdoc />
    public ValueTask InitializeAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc />
    public ValueTask<LeaseListing> ListAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(new LeaseListing(Leases));
    }

    /// <inheritdoc />
    public ValueTask<Lease?> GetAsync(LeaseKey key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Find(key));
    }

    /// <inheritdoc />
    public ValueTask<LeaseWrite> TryCreateAsync(Lease lease, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        BeforeWrite?.Invoke(lease.Key);
        return ValueTask.FromResult(Create(lease));
    }

    /// <inheritdoc />
    public ValueTask<LeaseWrite> TryUpdateAsync(LeaseKey key, LeaseUpdate update, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        BeforeWrite?.Invoke(key);
        return ValueTask.FromResult(Update(key, update));
    }

    /// <inheritdoc />
    public ValueTask<LeaseWrite> TryDeleteAsync(LeaseKey key, long? expectedCounter, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        BeforeWrite?.Invoke(key);
        return ValueTask.FromResult(Delete(key, expectedCounter));
    }

    /// <summary>Called before each write with the lease's key; what it throws is what the write throws.</summary>
    internal Action<LeaseKey>? BeforeWrite { get; set; }

    internal Lease? Find(LeaseKey key)
    {
        lock (_gate)
        {
            return _leases.GetValueOrDefault(key);
        }
    }

    internal LeaseWrite Create(Lease lease)
    {
        lock (_gate)
        {
            return _leases.TryAdd(lease.Key, lease) ? new(LeaseWriteStatus.Written, lease) : new(LeaseWriteStatus.Conflict, _leases[lease.Key]);
        }
    }

    internal LeaseWrite Update(LeaseKey key, LeaseUpdate update)
    {
        update.ThrowIfInvalid();
        lock (_gate)
        {
            if (Refused(key, update.ExpectedCounter) is { } refused)
            {
                return refused;
            }

            var current = _leases[key];
            if (!update.Admits(current))
            {
                return new(LeaseWriteStatus.Conflict, current);
            }

            var changed = update.ApplyTo(current);
            _leases[key] = changed;
            return new(LeaseWriteStatus.Written, changed);
        }
    }

    internal LeaseWrite Delete(LeaseKey key, long? expectedCounter)
    {
        lock (_gate)
        {
            if (Refused(key, expectedCounter) is { } refused)
            {
                return refused;
            }

            _leases.Remove(key);
            return new(LeaseWriteStatus.Written, null);
        }
    }

    private LeaseWrite? Refused(LeaseKey key, long? expectedCounter) =>
        !_leases.TryGetValue(key, out var lease) ? new(LeaseWriteStatus.Missing, null)
        : expectedCounter is { } expected && lease.Counter != expected ? new(LeaseWriteStatus.Conflict, lease)
        : null;
}
