namespace Kcl.Processing;

/// <summary>How a call of user code ended.</summary>
internal enum ProcessorCallStatus
{
    /// <summary>It returned.</summary>
    Completed,

    /// <summary>It threw: the same call may be made again.</summary>
    Failed,

    /// <summary>It threw what says that this instance cannot go on.</summary>
    Unusable,

    /// <summary>It gave way to the token it was passed: not a fault.</summary>
    Cancelled,
}

/// <summary>The result of a call of user code. Whatever it throws is a value here, so that the library never takes a user's fault for its own.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="Elapsed">How long it took.</param>
/// <param name="Fault">What it threw.</param>
internal readonly record struct ProcessorCall(ProcessorCallStatus Status, TimeSpan Elapsed, Exception? Fault)
{
    public bool Completed => Status == ProcessorCallStatus.Completed;
}
