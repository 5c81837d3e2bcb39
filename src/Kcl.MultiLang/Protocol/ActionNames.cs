namespace Kcl.MultiLang.Protocol;

/// <summary>The words of the protocol, as the Java daemon spells them (multilang/messages).</summary>
internal static class ActionNames
{
    public const string Initialize = "initialize";
    public const string ProcessRecords = "processRecords";
    public const string LeaseLost = "leaseLost";
    public const string ShardEnded = "shardEnded";
    public const string ShutdownRequested = "shutdownRequested";

    /// <summary>What 1.x daemons send instead of <see cref="LeaseLost"/> and <see cref="ShardEnded"/>.</summary>
    public const string Shutdown = "shutdown";

    public const string Checkpoint = "checkpoint";
    public const string Status = "status";
    public const string Record = "record";
}
