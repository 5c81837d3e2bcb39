namespace Kcl.MultiLang.Protocol;

/// <summary>
/// Converts exceptions to the <c>error</c> of a reply to a checkpoint, which is the simple name of a Java class, and back.
/// </summary>
internal static class ErrorNames
{
    /// <summary>The error that reports a lost lease.</summary>
    public const string LeaseLost = "ShutdownException";

    private const string Throttled = "ThrottlingException";
    private const string InvalidState = "InvalidStateException";
    private const string InvalidArgument = "IllegalArgumentException";
    private const string Dependency = "KinesisClientLibDependencyException";

    /// <summary>Returns the error that reports a failed checkpoint to a child.</summary>
    /// <param name="exception">The failure.</param>
    public static string Of(Exception exception) => exception switch
    {
        LeaseLostException or OperationCanceledException => LeaseLost,
        ThrottlingException => Throttled,
        InvalidStateException => InvalidState,
        InvalidCheckpointException or ArgumentException => InvalidArgument,
        KclException { IsTransient: true } => Dependency,
        KclException => InvalidState,
        _ => "RuntimeException",
    };

    /// <summary>Returns the exception that reports an error to a processor in C#.</summary>
    /// <param name="error">The error.</param>
    /// <param name="position">The position of the checkpoint.</param>
    public static KclException ToException(string error, string position) => error switch
    {
        LeaseLost => new LeaseLostException(
            $"The daemon rejected the checkpoint at {position}: the lease of this shard is lost. Stop processing the shard."),
        Throttled => new ThrottlingException(
            $"The daemon could not store the checkpoint at {position}: its lease table is throttled. Try again later."),
        InvalidState => new InvalidStateException(
            $"The daemon rejected the checkpoint at {position}: its lease table is missing or unusable, or a checkpoint "
            + "is not possible in this call. See the daemon's log."),
        InvalidArgument => new InvalidCheckpointException(
            $"The daemon rejected the checkpoint at {position}: it is before the last checkpoint, after the last "
            + "delivered record, or not a valid position."),
        Dependency => new DependencyException(
            $"The daemon could not store the checkpoint at {position}: its lease table failed. Try again later."),
        _ => new DependencyException($"The daemon could not store the checkpoint at {position}: {error}. See the daemon's log."),
    };
}
