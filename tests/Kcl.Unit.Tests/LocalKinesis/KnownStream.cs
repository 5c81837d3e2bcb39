namespace Kcl.Unit.Tests.LocalKinesis;

/// <summary>A record, with the response to its put.</summary>
internal sealed record PutRecordAnswer(string Shard, string SequenceNumber, string Data, string? Key, long At);

/// <summary>A requested split, merge or new number of shards.</summary>
internal sealed record AskedReshard(string Operation, IReadOnlyList<string> Shards, int Target, long At)
{
    /// <summary>Gets or sets a value indicating whether it was acknowledged and therefore survives a crash.</summary>
    public bool IsAcknowledged { get; set; }
}

/// <summary>The state of a stream as a client knows it from the responses that it received.</summary>
internal sealed class KnownStream(string name)
{
    public string Name { get; } = name;

    public List<PutRecordAnswer> Records { get; } = [];

    /// <summary>Gets the consumers whose registration was acknowledged.</summary>
    public HashSet<string> Consumers { get; } = [];

    public HashSet<string> Tags { get; } = [];

    /// <summary>Gets the shards that were listed as closed, with their last sequence numbers.</summary>
    public Dictionary<string, string> Ended { get; } = [];

    /// <summary>Gets or sets the shortest retention period so far. Older records may have been deleted.</summary>
    public int ShortestRetentionHours { get; set; } = 24;

    public AskedReshard? Reshard { get; set; }
}
