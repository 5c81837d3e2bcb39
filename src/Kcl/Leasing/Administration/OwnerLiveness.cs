namespace Kcl.Leasing.Administration;

/// <summary>Specifies what is known about a lease's owner.</summary>
public enum OwnerLiveness
{
    /// <summary>The lease has no owner.</summary>
    Unowned,

    /// <summary>The owner renewed the lease while it was watched.</summary>
    Live,

    /// <summary>The owner did not renew the lease for the whole failover time.</summary>
    Silent,

    /// <summary>The lease was not watched.</summary>
    NotWatched,
}
