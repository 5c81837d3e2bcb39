namespace Kcl.Leasing.Administration;

/// <summary>What is known of a lease's owner.</summary>
public enum OwnerLiveness
{
    /// <summary>Nobody owns the lease.</summary>
    Unowned,

    /// <summary>The owner renewed the lease while it was watched.</summary>
    Live,

    /// <summary>The owner did not renew the lease for the whole failover time.</summary>
    Silent,

    /// <summary>The lease was not watched.</summary>
    NotWatched,
}
