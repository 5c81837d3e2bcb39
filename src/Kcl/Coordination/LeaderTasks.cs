using Kcl.Internal;
using Kcl.Leasing;
using Kcl.Streams;

namespace Kcl.Coordination;

/// <summary>What one worker does for the whole fleet: compare shards with leases, repair, clean up. Every write is conditional, so that two leaders for a moment do no harm.</summary>
internal sealed class LeaderTasks(LeasingServices context, StreamWatch stream, LeaseMaintenance upkeep, LeaseTakingGate posture, WorkerId self, TimeSpan shardSyncInterval)
{
    private static readonly TimeSpan ElectionRest = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan WhileInDoubt = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BetweenSuspicions = TimeSpan.FromSeconds(10);
    private readonly LogThrottle _failureTold = new(TimeSpan.FromMinutes(1), context.Time);
    private Reading? _reading;
    private long? _doneAt;
    private TimeSpan _interval;
    private long? _suspectedAt;
    private bool _suspicion;
    private bool _leads;
    private int _failures;

    /// <summary>A reading of the table. A lease of another creation of the stream than the known one makes every worker look: somebody noticed first, or the leader is gone.</summary>
    public void Seen(LeaseListing leases)
    {
        Volatile.Write(ref _reading, new(leases, context.Time.GetTimestamp()));
        if (stream.Identity is { } identity && leases.Any(l => LeaseAnnotations.StreamOf(l)?.To(identity) is StreamRelation.Earlier or StreamRelation.Later))
        {
            Suspect();
        }
    }

    /// <summary>A shard's position was refused: the stream may have been created again. Whether it was is looked up soon, by every worker that suspects it.</summary>
    public void Suspect() => Volatile.Write(ref _suspicion, true);

    /// <summary>One round: the chores, if this worker leads and they are due.</summary>
    /// <returns>When to look again.</returns>
    public async ValueTask<TimeSpan> RoundAsync(CancellationToken cancellationToken)
    {
        // A process that was frozen has an old reading, and does nothing with it: a new one follows soon.
        var leases = Volatile.Read(ref _reading) is { } reading && context.Time.GetElapsedTime(reading.At) < context.Timing.FailoverTime ? reading.Leases : null;
        var leads = leases is not null && posture.MayTake && LeaderElection.IsLeader(self, leases);
        if (leads != _leads)
        {
            CoordinationLog.Leads(context.Logger, leads);
            _leads = leads;
        }

        var rest = shardSyncInterval < ElectionRest ? shardSyncInterval : ElectionRest;
        if (leases is null || !posture.MayTake || context.Trouble.IsThere)
        {
            return rest;
        }

        var isDue = leads && (_doneAt is not { } done || context.Time.GetElapsedTime(done) >= _interval);
        try
        {
            if (isDue || await IsCreatedAgainAsync(leases, cancellationToken).ConfigureAwait(false))
            {
                var isInDoubt = await upkeep.DoAsync(leases, cancellationToken).ConfigureAwait(false);
                _failures = 0;
                Done(isInDoubt && WhileInDoubt < shardSyncInterval ? WhileInDoubt : shardSyncInterval);
            }
        }
        catch (KclException exception)
        {
            // Leases go on without chores. Failures are told once a minute, and followed by tries that come closer together than the usual rounds.
            _failures++;
            Done(Backoff.Compute(ElectionRest, shardSyncInterval, ElectionRest / 2, _failures, context.NextDouble()));
            if (_failureTold.ShouldReport())
            {
                CoordinationLog.ChoresFail(context.Logger, exception, _failures);
            }
        }

        return rest;
    }

    private void Done(TimeSpan interval)
    {
        _doneAt = context.Time.GetTimestamp();
        _interval = interval * (0.9 + (0.2 * context.NextDouble()));
    }

    private async ValueTask<bool> IsCreatedAgainAsync(LeaseListing leases, CancellationToken cancellationToken)
    {
        if (!Volatile.Read(ref _suspicion) || (_suspectedAt is { } last && context.Time.GetElapsedTime(last) < BetweenSuspicions))
        {
            return false;
        }

        _suspectedAt = context.Time.GetTimestamp();
        Volatile.Write(ref _suspicion, false);
        return await stream.LookAsync(cancellationToken).ConfigureAwait(false) && leases.Any(l => LeaseAnnotations.StreamOf(l)?.To(stream.Identity!) == StreamRelation.Earlier);
    }

    private sealed record Reading(LeaseListing Leases, long At);
}
