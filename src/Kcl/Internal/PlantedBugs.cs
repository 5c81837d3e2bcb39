namespace Kcl.Internal;

/// <summary>Mistakes that the simulation makes on purpose, to show that it would find them. Nothing outside of tests sets any.</summary>
[Flags]
internal enum PlantedBugs
{
    None = 0,

    /// <summary>Checkpoints are written whatever the row's counter says.</summary>
    UnfencedCheckpoints = 1,

    /// <summary>A child shard does not wait for its parents.</summary>
    ChildBeforeParent = 2,

    /// <summary>A write whose reply was lost is taken for the write of a peer.</summary>
    LostReplyIsLostLease = 4,

    /// <summary>Expiry is judged by wall clocks.</summary>
    ExpiryByWallClock = 8,

    /// <summary>Renewals do not wait for the checkpoint under way.</summary>
    TwoWritersOfOneLease = 16,
}
