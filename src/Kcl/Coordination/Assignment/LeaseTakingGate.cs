using Kcl.Internal;
using Kcl.Leasing;

namespace Kcl.Coordination.Assignment;

/// <summary>
/// Decides whether this worker may take leases: not if the fleet has a leader that assigns them. Leases that it holds are not affected.
/// </summary>
/// <param name="services">The services of the coordination.</param>
internal sealed class LeaseTakingGate(CoordinationServices services)
{
    private static readonly TimeSpan RefreshInterval = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(5);
    private readonly LogThrottle _refusalLogged = new(TimeSpan.FromMinutes(5), services.Time);
    private LeaseFleet? _fleet;
    private long _inspectedAt;
    private TimeSpan _validFor;

    /// <summary>Gets the last decision, without a new inspection; <see langword="false"/> before the first one.</summary>
    public bool MayTake => Volatile.Read(ref _fleet) is { MayTake: true };

    /// <summary>Returns whether this worker may take leases. Inspects the fleet again about once a minute.</summary>
    /// <param name="listed">The table as just read.</param>
    /// <param name="cancellationToken">Abandons the inspection.</param>
    public async ValueTask<bool> MayTakeAsync(IReadOnlyList<Lease> listed, CancellationToken cancellationToken)
    {
        if (_fleet is not null && services.Time.GetElapsedTime(_inspectedAt) < _validFor)
        {
            return MayTake;
        }

        var before = _fleet;
        try
        {
            Volatile.Write(ref _fleet, await services.Store.InspectFleetAsync(listed, cancellationToken).ConfigureAwait(false));
            _validFor = services.Chance.Around(RefreshInterval, 0.1);
        }
        catch (KclException exception) when (exception.IsTransient)
        {
            // The last known mode still applies. A worker that never knew the mode takes nothing.
            var evidence = $"the fleet's state could not be read: {exception.Message}";
            Volatile.Write(ref _fleet, before ?? new LeaseFleet { Mode = LeaseFleetMode.Unknown, Evidence = evidence });
            _validFor = RetryInterval;
        }

        _inspectedAt = services.Time.GetTimestamp();
        var now = _fleet!;
        if (!now.MayTake && (_refusalLogged.ShouldReport() || before?.Mode != now.Mode))
        {
            CoordinationLog.MayNotTake(services.Logger, now.Evidence, now.Advice ?? "The fleet is inspected again.");
        }
        else if (now.MayTake && before is { MayTake: false })
        {
            CoordinationLog.MayTakeNow(services.Logger, now.Evidence);
        }

        return now.MayTake;
    }
}
