namespace Kcl.MultiLang.Protocol;

/// <summary>A message of the daemon, as the child reads it. Keys that the message does not have are null.</summary>
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

    /// <summary>Gets a value indicating whether the line was a JSON object with an action.</summary>
    public readonly bool IsValid => Action is not null;
}
