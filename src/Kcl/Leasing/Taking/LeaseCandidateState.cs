namespace Kcl.Leasing.Taking;

/// <summary>What a worker may do with a lease.</summary>
internal enum LeaseCandidateState
{
    /// <summary>A live worker, perhaps this one, owns it. It may be stolen for balance.</summary>
    Owned,

    /// <summary>A live worker owns it, and no other worker could continue where it reads. It must not be stolen.</summary>
    Tied,

    /// <summary>Any worker may take it.</summary>
    Free,

    /// <summary>It is free, and has been free for longer than peers need to take it.</summary>
    Overdue,

    /// <summary>It is free, but this worker leaves it to its peers for a while, because it gave it up.</summary>
    Avoided,
}
