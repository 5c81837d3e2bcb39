namespace Kcl.Leasing.Taking;

/// <summary>Specifies what a worker may do with a lease.</summary>
internal enum LeaseCandidateState
{
    /// <summary>A live worker, perhaps this one, owns it. It may be stolen for balance.</summary>
    Owned,

    /// <summary>A live worker owns it, and no other worker knows where it started to read. It must not be stolen.</summary>
    Tied,

    /// <summary>Any worker may take it.</summary>
    Free,

    /// <summary>It is free, and has been free for longer than other workers need to take it.</summary>
    Overdue,

    /// <summary>
    /// This worker does not take it. Either it is free, but this worker gave it up a short time ago; or it has not expired and names this
    /// worker as its owner, but another process with the same id may hold it.
    /// </summary>
    Avoided,
}
