namespace Kcl.Processing;

/// <summary>
/// The result of a call of user code. An exception of user code is returned as a value, so that the library never mistakes it for one of
/// its own exceptions.
/// </summary>
/// <param name="Status">How the call ended.</param>
/// <param name="Elapsed">How long the call took.</param>
/// <param name="Fault">The exception; null if the call did not fail.</param>
internal readonly record struct ProcessorCall(ProcessorCallStatus Status, TimeSpan Elapsed, Exception? Fault)
{
    /// <summary>Gets a value indicating whether the call returned.</summary>
    public bool IsCompleted => Status == ProcessorCallStatus.Completed;
}
