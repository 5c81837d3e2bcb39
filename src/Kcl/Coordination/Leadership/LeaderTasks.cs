using Kcl.Coordination.Assignment;
using Kcl.Coordination.ShardSync;
using Kcl.Internal;
using Kcl.Leasing;
using Kcl.Streams;

namespace Kcl.Coordination.Leadership;

/// <summary>
/// Runs the maintenance of the leases on the one worker that leads the fleet. For a short time there can be two leaders. This does no harm,
/// because every write is conditional.
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
    private static readonly TimeSpan ConfirmationInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan MinStreamCheckInterval = TimeSpan.FromSeconds(10);
    private readonly LogThrottle _failureLogThrottle = new(services.Time);
    private Observation? _observation;
    private long? _ranAt;
    private TimeSpan _nextAfter;
    private long? _streamCheckedAt;
    private bool _isStreamCheckRequested;
    private bool _leads;
    private int _failures;

    /// <summary>
    /// Stores a listing of the table. If a lease names an earlier or later stream of the same name, every worker checks the stream: another
    /// worker may have noticed the new stream, or the leader may have stopped.
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
    /// Requests a new description of the stream, because it may have been re-created. Each worker that requests one describes the stream
    /// soon.
    /// </summary>
    public void RequestStreamCheck() => Volatile.Write(ref _isStreamCheckRequested, true);

    /// <summary>Runs the maintenance once, if this worker leads and the maintenance is due, or if the stream was re-created.</summary>
    /// <returns>The time until the next call.</returns>
    public async ValueTask<TimeSpan> RunOnceAsync(CancellationToken cancellationToken)
    {
        // After a process was frozen, its last listing is outdated and not used. A new one follows soon.
        var leases = Volatile.Read(ref _observation) is { } observation
            && services.Time.GetElapsedTime(observation.At) < services.Timing.FailoverTime ? observation.Leases : null;
        UpdateLeadership(leases);
        var rest = Durations.Min(interval, ElectionInterval);
        if (leases is null || !gate.MayTake || services.Leasing.WriteFailures.HasFailures)
        {
            return rest;
        }

        var isDue = _leads && (_ranAt is not { } ranAt || services.Time.GetElapsedTime(ranAt) >= _nextAfter);
        try
        {
            if (isDue || (await RefreshStreamIfRequestedAsync(cancellationToken).ConfigureAwait(false) && NamesEarlierStream(leases)))
            {
                var needsConfirmation = await maintenance.RunAsync(leases, cancellationToken).ConfigureAwait(false);
                _failures = 0;
                Schedule(needsConfirmation ? Durations.Min(ConfirmationInterval, interval) : interval);
            }
        }
        catch (KclException exception)
        {
            // Held leases do not depend on the maintenance. After a failure it is repeated earlier than usual; failures are logged once a
            // minute.
            _failures++;
            Schedule(Backoff.Compute(ElectionInterval, interval, ElectionInterval / 2, _failures, services.Chance.NextDouble()));
            if (_failureLogThrottle.ShouldReport())
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
    /// <returns>True if the stream was described and can be read; otherwise, false.</returns>
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
