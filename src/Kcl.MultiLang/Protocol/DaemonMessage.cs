namespace Kcl.MultiLang.Protocol;

/// <summary>A message from the daemon, as the child's end reads it: whatever keys were there.</summary>
internal struct DaemonMessage()
{
    public string? Action;
    public string? ShardId;
    public string? SequenceNumber;
    public long? SubSequenceNumber;
    public string? Error;
    public string? Reason;
    public long? MillisBehindLatest;
    public IReadOnlyList<KinesisRecord> Records = [];

    /// <summary>Whether the line was a JSON object with an action.</summary>
    public readonly bool IsValid => Action is not null;
}
