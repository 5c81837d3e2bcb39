using Kcl.Leasing;

namespace Kcl.Testing;

/// <summary>Leases in memory, for tests: every consumer that is given the same instance shares them. Safe for concurrent use.</summary>
public sealed class InMemoryLeaseStore : ILeaseStore
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<LeaseKey, Lease> _leases = [];

    /// <summary>How many calls there were that write, successful or not.</summary>
    public long WriteCalls { get; private set; }

    /// <summary>How many calls there were that read.</summary>
    public long ReadCalls { get; private set; }

    /// <inheritdoc />
    public ValueTask InitializeAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc />
    public ValueTask<IReadOnlyList<Lease>> ListAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            ReadCalls++;
            return ValueTask.FromResult<IReadOnlyList<Lease>>([.. _leases.Values]);
        }
    }

    /// <inheritdoc />
    public ValueTask<Lease?> GetAsync(LeaseKey key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            ReadCalls++;
            return ValueTask.FromResult(_leases.GetValueOrDefault(key));
        }
    }

    /// <inheritdoc />
    public ValueTask<LeaseWrite> TryCreateAsync(Lease lease, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            WriteCalls++;
            return ValueTask.FromResult(_leases.TryAdd(lease.Key, lease) ? new(LeaseWriteStatus.Written, lease) : new LeaseWrite(LeaseWriteStatus.Conflict, _leases[lease.Key]));
        }
    }

    /// <inheritdoc />
    public ValueTask<LeaseWrite> TryUpdateAsync(LeaseKey key, LeaseUpdate update, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (update.ExpectedCounter is null && (update.Owner is not null || update.Checkpoint is not null || update.PendingCheckpoint is not null || update.OwnerSwitchesSinceCheckpoint is not null))
        {
            throw new ArgumentException("Without an expected counter only descriptive attributes may be changed.", nameof(update));
        }

        lock (_gate)
        {
            WriteCalls++;
            if (!_leases.TryGetValue(key, out var lease))
            {
                return ValueTask.FromResult(new LeaseWrite(LeaseWriteStatus.Missing, null));
            }

            if (update.ExpectedCounter is { } expected && lease.Counter != expected)
            {
                return ValueTask.FromResult(new LeaseWrite(LeaseWriteStatus.Conflict, lease));
            }

            var changed = Apply(lease, update);
            _leases[key] = changed;
            return ValueTask.FromResult(new LeaseWrite(LeaseWriteStatus.Written, changed));
        }
    }

    /// <inheritdoc />
    public ValueTask<LeaseWrite> TryDeleteAsync(LeaseKey key, long? expectedCounter, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            WriteCalls++;
            if (!_leases.TryGetValue(key, out var lease))
            {
                return ValueTask.FromResult(new LeaseWrite(LeaseWriteStatus.Missing, null));
            }

            if (expectedCounter is { } expected && lease.Counter != expected)
            {
                return ValueTask.FromResult(new LeaseWrite(LeaseWriteStatus.Conflict, lease));
            }

            _leases.Remove(key);
            return ValueTask.FromResult(new LeaseWrite(LeaseWriteStatus.Written, null));
        }
    }

    private static Lease Apply(Lease lease, LeaseUpdate update) => lease with
    {
        Counter = update.ExpectedCounter is { } expected ? expected + 1 : lease.Counter,
        Owner = update.Owner is { } owner ? owner.Value : lease.Owner,
        CheckpointOwner = update.Owner is null ? lease.CheckpointOwner : null,
        Checkpoint = update.Checkpoint ?? lease.Checkpoint,
        PendingCheckpoint = update.PendingCheckpoint is { } pending ? pending.Value?.Position : lease.PendingCheckpoint,
        PendingCheckpointState = update.PendingCheckpoint is { } state ? state.Value?.State : lease.PendingCheckpointState,
        OwnerSwitchesSinceCheckpoint = update.OwnerSwitchesSinceCheckpoint ?? lease.OwnerSwitchesSinceCheckpoint,
        ChildShardIds = update.ChildShardIds ?? lease.ChildShardIds,
        HashKeyRange = update.HashKeyRange ?? lease.HashKeyRange,
    };
}
