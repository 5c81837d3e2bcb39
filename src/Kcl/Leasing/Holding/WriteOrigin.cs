namespace Kcl.Leasing.Holding;

/// <summary>Specifies which write produced a row.</summary>
internal enum WriteOrigin
{
    /// <summary>The write that caused the conflict: an earlier attempt took effect, and its reply was lost.</summary>
    Own,

    /// <summary>An earlier write of this worker, whose reply was lost. The write that caused the conflict must be repeated.</summary>
    EarlierOwn,

    /// <summary>Another process.</summary>
    Foreign,

    /// <summary>None: the row was deleted.</summary>
    Deleted,
}
