using Kcl.Internal;
using Kcl.Leasing;

namespace Kcl.Coordination;

/// <summary>Whether this worker may take leases at all: not where the fleet has a leader that assigns them. Leases it has, it keeps.</summary>
internal sealed class LeaseTakingGate(LeasingServices context)
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(5);
    private readonly LogThrottle _told = new(TimeSpan.FromMinutes(5), context.Time);
    private LeaseFleet? _fleet;
    private long _lookedAt;
    private TimeSpan _validFor;

    /// <summary>What was concluded last, without a new look. Before the first look: no.</summary>
    public bool MayTake => Volatile.Read(ref _fleet) is { MayTake: true };

    /// <summary>Concludes, with a new look about once a minute.</summary>
    /// <param name="listed">The table as just read.</param>
    /// <param name="cancellationToken">Abandons the look.</param>
    public async ValueTask<bool> MayTakeAsync(IReadOnlyList<Lease> listed, CancellationToken cancellationToken)
    {
        if (_fleet is not null && context.Time.GetElapsedTime(_lookedAt) < _validFor)
        {
            return MayTake;
        }

        var before = _fleet;
        try
        {
            Volatile.Write(ref _fleet, await context.Store.InspectFleetAsync(listed, cancellationToken).ConfigureAwait(false));
            _validFor = BetweenLooks * (0.9 + (0.2 * context.NextDouble()));
        }
        catch (KclException exception) when (exception.IsTransient)
        {
            // Not known now: what was known stands; a worker that never knew takes nothing yet.
            Volatile.Write(ref _fleet, before ?? new LeaseFleet { Mode = LeaseFleetMode.Unknown, Evidence = $"the fleet's state could not be read: {exception.Message}" });
            _validFor = AfterFailure;
        }

        _lookedAt = context.Time.GetTimestamp();
        var now = _fleet!;
        if (!now.MayTake && (_told.ShouldReport() || before?.Mode != now.Mode))
        {
            CoordinationLog.MayNotTake(context.Logger, now.Evidence, now.Advice ?? "Looking again.");
        }
        else if (now.MayTake && before is { MayTake: false })
        {
            CoordinationLog.MayTakeNow(context.Logger, now.Evidence);
        }

        return now.MayTake;
    }
}
