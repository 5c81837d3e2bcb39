namespace Kcl.MultiLang.Protocol;

/// <summary>The <c>error</c> of a checkpoint's reply is the simple name of a Java class; these are the ones processors know, and what they are here.</summary>
internal static class ErrorNames
{
    /// <summary>The lease is lost.</summary>
    public const string LeaseLost = "ShutdownException";

    private const string Throttled = "ThrottlingException";
    private const string InvalidState = "InvalidStateException";
    private const string InvalidArgument = "IllegalArgumentException";
    private const string Dependency = "KinesisClientLibDependencyException";

    /// <summary>The reply to a checkpoint in an action that has no checkpointer.</summary>
    public const string NoCheckpointer = InvalidState;

    /// <summary>What a child in any language is told about a failed checkpoint.</summary>
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

    /// <summary>What a C# child is told about it.</summary>
    public static KclException ToException(string error, string position) => error switch
    {
        LeaseLost => new LeaseLostException($"The daemon refused the checkpoint at {position}: the lease of this shard is lost. Stop processing it."),
        Throttled => new ThrottlingException($"The daemon could not store the checkpoint at {position}: its lease table throttles. Try again later."),
        InvalidState => new InvalidStateException($"The daemon refused the checkpoint at {position}: its lease table is missing or unusable, or no checkpoint is possible in this call. See the daemon's log."),
        InvalidArgument => new InvalidCheckpointException($"The daemon refused the checkpoint at {position}: it is before the last checkpoint, after the last delivered record, or no position."),
        Dependency => new DependencyException($"The daemon could not store the checkpoint at {position}: its lease table failed. Try again later."),
        _ => new DependencyException($"The daemon could not store the checkpoint at {position}: {error}. See the daemon's log."),
    };
}
