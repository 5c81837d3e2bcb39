namespace Kcl.Cli.Quickstart;

/// <summary>How far one shard is.</summary>
/// <param name="ShardId">The shard.</param>
/// <param name="ProcessId">Its child; null where none runs.</param>
/// <param name="Put">How many words were put into it.</param>
/// <param name="Processed">How many of them its child has answered for; after a restart some count again.</param>
/// <param name="IsCheckpointed">Whether the checkpoint has reached the last of them.</param>
/// <param name="MillisBehindLatest">The lag in milliseconds; null where not known yet.</param>
internal sealed record ShardProgress(ShardId ShardId, int? ProcessId, long Put, long Processed, bool IsCheckpointed,
    long? MillisBehindLatest)
{
    /// <summary>Whether every word was counted and checkpointed.</summary>
    public bool IsDone => Processed >= Put && IsCheckpointed;
}
