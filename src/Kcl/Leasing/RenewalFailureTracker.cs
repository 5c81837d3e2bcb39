using Microsoft.Extensions.Logging;

namespace Kcl.Leasing;

/// <summary>Which leases' writes do not get through just now, told once a minute rather than once a call.</summary>
internal sealed class RenewalFailureTracker(LeaseTiming timing, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan BetweenWarnings = TimeSpan.FromMinutes(1);
    private readonly Lock _gate = new();
    private readonly HashSet<LeaseKey> _failing = [];
    private long? _warnedAt;
    private long _since;
    private long _failures;

    /// <summary>Whether any lease waits for a write to get through: then everything that can wait should.</summary>
    public bool IsThere
    {
        get
        {
            lock (_gate)
            {
                return _failing.Count > 0;
            }
        }
    }

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
            _failures++;
            if (_warnedAt is { } warned && time.GetElapsedTime(warned) < BetweenWarnings)
            {
                return;
            }

            _warnedAt = time.GetTimestamp();
            (leases, failures, _failures) = (_failing.Count, _failures, 0);
        }

        LeasingLog.WritesFail(logger, exception, leases, failures, timing.OwnDeadline);
    }

    public void Over(LeaseKey key)
    {
        TimeSpan lasted;
        lock (_gate)
        {
            if (!_failing.Remove(key) || _failing.Count > 0)
            {
                return;
            }

            lasted = time.GetElapsedTime(_since);
            if (lasted < timing.RenewalInterval)
            {
                return;
            }
        }

        LeasingLog.WritesSucceedAgain(logger, lasted);
    }
}
