namespace Kcl.Leasing.Taking;

/// <summary>Stores, for the leases that a worker held or tried to take, what the table does not show. Thread-safe.</summary>
/// <param name="timing">The intervals of leasing.</param>
internal sealed class LeaseHistory(LeaseTiming timing)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<LeaseKey, long> _ownCounters = [];
    private readonly Dictionary<LeaseKey, GivenUp> _givenUp = [];

    /// <summary>Records that a lease is no longer held.</summary>
    /// <param name="key">The lease.</param>
    /// <param name="loss">How the lease was lost or released.</param>
    public void OnLost(LeaseKey key, LeaseLoss loss)
    {
        // If only the deadline of this worker has passed and no other worker has written since, the worker may take the lease again.
        if (loss.Reason == LeaseLossReason.NotRenewed)
        {
            OnOwnWrite(key, loss.Counter);
        }
    }

    /// <summary>Records a counter that this worker has written, or may have written.</summary>
    /// <param name="key">The lease.</param>
    /// <param name="counter">The counter.</param>
    public void OnOwnWrite(LeaseKey key, long counter)
    {
        lock (_gate)
        {
            _ownCounters[key] = counter;
        }
    }

    /// <summary>Records that this worker holds a lease again.</summary>
    /// <param name="key">The lease.</param>
    public void OnTaken(LeaseKey key)
    {
        lock (_gate)
        {
            _ownCounters.Remove(key);
        }
    }

    /// <summary>Returns whether this worker made the last write of a lease.</summary>
    /// <param name="lease">The lease, with this worker as owner.</param>
    public bool IsOwnWrite(Lease lease)
    {
        lock (_gate)
        {
            // If the counter is higher by one, the last write took effect, but its reply was lost.
            return _ownCounters.TryGetValue(lease.Key, out var counter) && (counter == lease.Counter || counter + 1 == lease.Counter);
        }
    }

    /// <summary>Records that a lease was released because its shard could not be processed here.</summary>
    /// <param name="key">The lease.</param>
    /// <param name="now">The time since a fixed time.</param>
    public void OnGivenUp(LeaseKey key, TimeSpan now)
    {
        lock (_gate)
        {
            var times = _givenUp.GetValueOrDefault(key).Times + 1;
            _givenUp[key] = new(times, now + timing.GetGiveUpPause(times));
        }
    }

    /// <summary>Clears the record that a lease was given up.</summary>
    /// <param name="key">The lease.</param>
    public void ClearBackoff(LeaseKey key)
    {
        lock (_gate)
        {
            _givenUp.Remove(key);
        }
    }

    /// <summary>Returns how long this worker does not take a lease again, counted from when it last gave the lease up.</summary>
    /// <param name="key">The lease.</param>
    public TimeSpan GetBackoff(LeaseKey key)
    {
        lock (_gate)
        {
            return _givenUp.TryGetValue(key, out var givenUp) ? timing.GetGiveUpPause(givenUp.Times) : TimeSpan.Zero;
        }
    }

    /// <summary>Returns whether this worker does not take a lease at this time, because it gave the lease up.</summary>
    /// <param name="key">The lease.</param>
    /// <param name="now">The time since the same fixed time.</param>
    public bool IsAvoided(LeaseKey key, TimeSpan now)
    {
        lock (_gate)
        {
            return _givenUp.TryGetValue(key, out var givenUp) && givenUp.Until > now;
        }
    }

    private readonly record struct GivenUp(int Times, TimeSpan Until);
}
