namespace Kcl.Leasing;

/// <summary>Specifies who decides which worker owns which lease.</summary>
public enum LeaseFleetMode
{
    /// <summary>Each worker takes its share, as in KCL 2.x, and in KCL 3.x until the fleet has switched over.</summary>
    Taking,

    /// <summary>A leader assigns the leases, as in KCL 3.x. A worker that takes leases would conflict with it.</summary>
    Assigned,

    /// <summary>The state is not known to this version, or cannot be read. A worker keeps its leases and takes no more.</summary>
    Unknown,
}
