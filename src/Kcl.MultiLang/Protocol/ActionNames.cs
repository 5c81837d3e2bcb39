namespace Kcl.MultiLang.Protocol;

/// <summary>The names of the actions, as Java's daemon writes them (multilang/messages).</summary>
internal static class ActionNames
{
    public const string Initialize = "initialize";
    public const string ProcessRecords = "processRecords";
    public const string LeaseLost = "leaseLost";
    public const string ShardEnded = "shardEnded";
    public const string ShutdownRequested = "shutdownRequested";

    /// <summary>The action that daemons of KCL 1.x send instead of <see cref="LeaseLost"/> and <see cref="ShardEnded"/>.</summary>
    public const string Shutdown = "shutdown";

    public const string Checkpoint = "checkpoint";
    public const string Status = "status";
    public const string Record = "record";
}
