using Kcl.Coordination.Assignment;
using Kcl.Coordination.ShardSync;
using Kcl.Internal;
using Kcl.Leasing;
using Kcl.Streams;

namespace Kcl.Coordination.Leadership;

/// <summary>
/// Runs the maintenance of the leases on the one worker that leads the fleet. Every write is conditional, so that two leaders for a
/// moment do no harm.
/// </summary>
/// <param name="services">The services of the coordination.</param>
/// <param name="stream">The stream.</param>
/// <param name="maintenance">The maintenance.</param>
/// <param name="gate">Decides whether this worker may write leases.</param>
/// <param name="self">The id of this worker.</param>
/// <param name="interval">The interval of the maintenance.</param>
internal sealed class LeaderTasks(
    CoordinationServices services,
    StreamMonitor stream,
    LeaseMaintenance maintenance,
    LeaseTakingGate gate,
    WorkerId self,
    TimeSpan interval)
{
    private static readonly TimeSpan ElectionInterval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan IntervalInDoubt = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan MinStreamCheckInterval = TimeSpan.FromSeconds(10);
    private readonly LogThrottle _failureLogged = new(services.Time);
    private Observation? _observation;
    private long? _ranAt;
    private TimeSpan _nextAfter;
    private long? _streamCheckedAt;
    private bool _isStreamCheckRequested;
    private bool _leads;
    private int _failures;

    /// <summary>
    /// Notes a reading of the table. If a lease names another creation of the stream than the known one, every worker checks the stream:
    /// another worker has noticed the new stream, or the leader is gone.
    /// </summary>
    public void OnObserved(LeaseListing leases)
    {
        Volatile.Write(ref _observation, new(leases, services.Time.GetTimestamp()));
        if (stream.Identity is { } identity
            && leases.Any(l => LeaseAnnotations.StreamOf(l)?.To(identity) is StreamRelation.Earlier or StreamRelation.Later))
        {
            RequestStreamCheck();
        }
    }

    /// <summary>
    /// Requests a new description of the stream, because it may have been created again. Each worker that requests one describes the
    /// stream soon.
    /// </summary>
    public void RequestStreamCheck() => Volatile.Write(ref _isStreamCheckRequested, true);

    /// <summary>Runs the maintenance once, if this worker leads and the maintenance is due, or if the stream was created again.</summary>
    /// <returns>The time until the next call.</returns>
    public async ValueTask<TimeSpan> RunOnceAsync(CancellationToken cancellationToken)
    {
        // After a process was frozen, its reading is old and is not used. A new one follows soon.
        var leases = Volatile.Read(ref _observation) is { } observation
            && services.Time.GetElapsedTime(observation.At) < services.Timing.FailoverTime ? observation.Leases : null;
        UpdateLeadership(leases);
        var rest = Durations.Min(interval, ElectionInterval);
        if (leases is null || !gate.MayTake || services.Leasing.RenewalFailures.HasFailures)
        {
            return rest;
        }

        var isDue = _leads && (_ranAt is not { } ranAt || services.Time.GetElapsedTime(ranAt) >= _nextAfter);
        try
        {
            if (isDue || (await RefreshStreamIfRequestedAsync(cancellationToken).ConfigureAwait(false) && NamesEarlierStream(leases)))
            {
                var isInDoubt = await maintenance.RunAsync(leases, cancellationToken).ConfigureAwait(false);
                _failures = 0;
                Schedule(isInDoubt ? Durations.Min(IntervalInDoubt, interval) : interval);
            }
        }
        catch (KclException exception)
        {
            // Leases do not depend on the maintenance. After a failure it is repeated sooner than usual, and logged once a minute.
            _failures++;
            Schedule(Backoff.Compute(ElectionInterval, interval, ElectionInterval / 2, _failures, services.Chance.NextDouble()));
            if (_failureLogged.ShouldReport())
            {
                CoordinationLog.ChoresFail(services.Logger, exception, _failures);
            }
        }

        return rest;
    }

    private void UpdateLeadership(LeaseListing? leases)
    {
        var leads = leases is not null && gate.MayTake && LeaderElection.IsLeader(self, leases);
        if (leads != _leads)
        {
            CoordinationLog.Leads(services.Logger, leads);
            _leads = leads;
        }
    }

    private void Schedule(TimeSpan delay)
    {
        _ranAt = services.Time.GetTimestamp();
        _nextAfter = services.Chance.Around(delay, 0.1);
    }

    /// <summary>Describes the stream if that was requested, but not more often than the minimum interval allows.</summary>
    /// <returns>Whether the stream was described and can be read.</returns>
    private async ValueTask<bool> RefreshStreamIfRequestedAsync(CancellationToken cancellationToken)
    {
        var isTooEarly = _streamCheckedAt is { } last && services.Time.GetElapsedTime(last) < MinStreamCheckInterval;
        if (!Volatile.Read(ref _isStreamCheckRequested) || isTooEarly)
        {
            return false;
        }

        _streamCheckedAt = services.Time.GetTimestamp();
        Volatile.Write(ref _isStreamCheckRequested, false);
        return await stream.RefreshAsync(cancellationToken).ConfigureAwait(false);
    }

    private bool NamesEarlierStream(LeaseListing leases) => leases.Any(l => LeaseReview.NamesEarlierStream(l, stream.Identity!));

    private sealed record Observation(LeaseListing Leases, long At);
}
