using Kcl.Internal;
using Microsoft.Extensions.Logging;

namespace Kcl.Leasing.Holding;

/// <summary>Tracks the leases whose writes fail, and logs them together once a minute.</summary>
/// <param name="timing">The intervals of leasing.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
internal sealed class RenewalFailureTracker(LeaseTiming timing, TimeProvider time, ILogger logger)
{
    private readonly Lock _gate = new();
    private readonly HashSet<LeaseKey> _failing = [];
    private readonly LogThrottle _failuresLogged = new(time);
    private long _since;

    /// <summary>Gets a value indicating whether writes of any lease fail at present. Work that can wait should then wait.</summary>
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
    public void Failed(LeaseKey key, KclException exception)
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
            if (!_failuresLogged.ShouldReport(out failures))
            {
                return;
            }

            leases = _failing.Count;
        }

        LeasingLog.WritesFail(logger, exception, leases, failures, timing.RenewalDeadline);
    }

    /// <summary>Records that a write succeeded, or that the lease is no longer held.</summary>
    /// <param name="key">The lease.</param>
    public void Recovered(LeaseKey key)
    {
        TimeSpan duration;
        lock (_gate)
        {
            if (!_failing.Remove(key) || _failing.Count > 0)
            {
                return;
            }

            duration = time.GetElapsedTime(_since);
            if (duration < timing.RenewalInterval)
            {
                return;
            }
        }

        LeasingLog.WritesSucceedAgain(logger, duration);
    }
}
