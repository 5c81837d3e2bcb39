using Kcl.Internal;
using Kcl.Leasing;

namespace Kcl.Coordination;

/// <summary>
/// Decides whether this worker may take leases. It may not if a leader assigns the leases of the fleet. Leases that the worker holds are
/// not affected.
/// </summary>
/// <param name="services">The services of the coordination.</param>
internal sealed class LeaseTakingGate(CoordinationServices services)
{
    private static readonly TimeSpan RefreshInterval = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(5);
    private readonly LogThrottle _refusalLogThrottle = new(TimeSpan.FromMinutes(5), services.Time);
    private LeaseFleet? _fleet;
    private long _inspectedAt;
    private TimeSpan _validFor;

    /// <summary>Gets the last decision, without a new inspection; false before the first one.</summary>
    public bool MayTake => Volatile.Read(ref _fleet) is { MayTake: true };

    /// <summary>Returns whether this worker may take leases. Inspects the fleet again about once a minute.</summary>
    /// <param name="listed">The latest listing of the table.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async ValueTask<bool> MayTakeAsync(IReadOnlyList<Lease> listed, CancellationToken cancellationToken)
    {
        if (_fleet is not null && services.Time.GetElapsedTime(_inspectedAt) < _validFor)
        {
            return MayTake;
        }

        var previous = _fleet;
        try
        {
            Volatile.Write(ref _fleet, await services.Store.InspectFleetAsync(listed, cancellationToken).ConfigureAwait(false));
            _validFor = services.Chance.Around(RefreshInterval, 0.1);
        }
        catch (KclException exception) when (exception.IsTransient)
        {
            // The last known mode still applies. A worker that does not know the mode takes nothing.
            var evidence = $"the fleet's state could not be read: {exception.Message}";
            Volatile.Write(ref _fleet, previous ?? new LeaseFleet { Mode = LeaseFleetMode.Unknown, Evidence = evidence });
            _validFor = RetryInterval;
        }

        _inspectedAt = services.Time.GetTimestamp();
        var current = _fleet!;
        if (!current.MayTake && (_refusalLogThrottle.ShouldReport() || previous?.Mode != current.Mode))
        {
            CoordinationLog.MayNotTake(services.Logger, current.Evidence, current.Advice ?? "The fleet is inspected again.");
        }
        else if (current.MayTake && previous is { MayTake: false })
        {
            CoordinationLog.MayTakeNow(services.Logger, current.Evidence);
        }

        return current.MayTake;
    }
}
