namespace Kcl.Leasing;

/// <summary>Implemented by a lease store whose table other KCL versions may share: tells how the fleet that uses it hands out leases, so that a worker which would do it differently does not start.</summary>
/// <remarks>Optional: a store that does not implement it is used by this library's workers alone.</remarks>
public interface ILeaseFleetInspector
{
    /// <summary>Looks at what the fleet wrote about itself; writes nothing. Worth repeating about once a minute: an operator may switch a fleet's mode at any time.</summary>
    /// <param name="listed">The latest listing, which may show hand-overs under way.</param>
    /// <param name="cancellationToken">Abandons the look.</param>
    /// <returns>The mode, what it was concluded from, and what to do about it.</returns>
    ValueTask<LeaseFleet> InspectAsync(IReadOnlyCollection<Lease> listed, CancellationToken cancellationToken);
}

/// <summary>How a fleet hands out its leases.</summary>
/// <param name="Mode">The mode.</param>
/// <param name="Found">What shows it: one clause, fit for a log line.</param>
/// <param name="Advice">What an operator is to do before a worker of this library may take leases here; null where nothing.</param>
public sealed record LeaseFleet(LeaseFleetMode Mode, string Found, string? Advice)
{
    /// <summary>Whether a worker that takes leases as KCL 2.x does may take any.</summary>
    public bool MayTake => Mode == LeaseFleetMode.Taking;
}

/// <summary>Who decides which worker owns which lease.</summary>
public enum LeaseFleetMode
{
    /// <summary>Each worker takes its share, as in KCL 2.x and in 3.x workers that are not switched over yet.</summary>
    Taking,

    /// <summary>A leader assigns them, as in KCL 3.x: whoever takes leases there works against it.</summary>
    Assigned,

    /// <summary>The state is not known to this version, or may not be read. A worker that has leases keeps them; it takes no more.</summary>
    Unknown,
}
