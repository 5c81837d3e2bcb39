namespace Kcl.Cli.Quickstart;

/// <summary>The progress of a shard.</summary>
/// <param name="ShardId">The shard.</param>
/// <param name="ProcessId">The process id of its child; null if there is none.</param>
/// <param name="Put">The number of words that were put into it.</param>
/// <param name="Processed">The number of words that its child has processed. After a restart, some are counted again.</param>
/// <param name="IsCheckpointed">Whether the checkpoint has reached the last word.</param>
/// <param name="MillisBehindLatest">The lag in milliseconds; null if not known yet.</param>
internal sealed record ShardProgress(
    ShardId ShardId, int? ProcessId, long Put, long Processed, bool IsCheckpointed, long? MillisBehindLatest)
{
    /// <summary>Gets a value indicating whether every word was counted and checkpointed.</summary>
    public bool IsDone => Processed >= Put && IsCheckpointed;
}
