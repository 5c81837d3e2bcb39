using Kcl.Internal;
using Microsoft.Extensions.Logging;

namespace Kcl.Leasing.Holding;

/// <summary>Tracks the held leases whose writes fail, and logs them together once a minute.</summary>
/// <param name="timing">The intervals of leasing.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
internal sealed class LeaseWriteFailureTracker(LeaseTiming timing, TimeProvider time, ILogger logger)
{
    private readonly Lock _gate = new();
    private readonly HashSet<LeaseKey> _failing = [];
    private readonly LogThrottle _failureLogThrottle = new(time);
    private long _since;

    /// <summary>
    /// Gets a value indicating whether writes of any lease are currently failing. Work that is not urgent should then wait.
    /// </summary>
    public bool HasFailures
    {
        get
        {
            lock (_gate)
            {
                return _failing.Count > 0;
            }
        }
    }

    /// <summary>Records a failed write.</summary>
    /// <param name="key">The lease.</param>
    /// <param name="exception">The failure.</param>
    public void RecordFailure(LeaseKey key, KclException exception)
    {
        int leases;
        long failures;
        lock (_gate)
        {
            if (_failing.Count == 0)
            {
                _since = time.GetTimestamp();
            }

            _failing.Add(key);
            if (!_failureLogThrottle.ShouldReport(out failures))
            {
                return;
            }

            leases = _failing.Count;
        }

        LeasingLog.WritesFail(logger, exception, leases, failures, timing.RenewalDeadline);
    }

    /// <summary>Clears the failures of a lease, because a write succeeded or the lease is no longer held.</summary>
    /// <param name="key">The lease.</param>
    public void ClearFailure(LeaseKey key)
    {
        TimeSpan duration;
        lock (_gate)
        {
            if (!_failing.Remove(key) || _failing.Count > 0)
            {
                return;
            }

            duration = time.GetElapsedTime(_since);
            // A short interruption need not be logged.
            if (duration < timing.RenewalInterval)
            {
                return;
            }
        }

        LeasingLog.WritesSucceedAgain(logger, duration);
    }
}
