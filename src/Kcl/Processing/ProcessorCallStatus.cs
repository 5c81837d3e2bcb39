namespace Kcl.Processing;

/// <summary>Specifies how a call of user code ended.</summary>
internal enum ProcessorCallStatus
{
    /// <summary>The call returned.</summary>
    Completed,

    /// <summary>The call threw. It may be repeated on the same instance.</summary>
    Failed,

    /// <summary>The call threw an exception which says that the instance can no longer be used.</summary>
    Unusable,

    /// <summary>The call observed the cancellation of its token, which is not a failure.</summary>
    Cancelled,
}
