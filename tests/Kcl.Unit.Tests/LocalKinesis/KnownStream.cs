namespace Kcl.Unit.Tests.LocalKinesis;

/// <summary>A record, with the response to its put.</summary>
internal sealed record PutRecordAnswer(string Shard, string SequenceNumber, string Data, string? Key, long At);

/// <summary>A requested split, merge or new number of shards.</summary>
internal sealed record AskedReshard(string Operation, IReadOnlyList<string> Shards, int Target, long At)
{
    /// <summary>Gets or sets a value indicating whether it was acknowledged and therefore survives a crash.</summary>
    public bool IsAcknowledged { get; set; }
}

/// <summary>What a client knows about one stream from the responses it received.</summary>
internal sealed class KnownStream(string name)
{
    public string Name { get; } = name;

    public List<PutRecordAnswer> Records { get; } = [];

    /// <summary>The consumers whose registration was acknowledged.</summary>
    public HashSet<string> Consumers { get; } = [];

    public HashSet<string> Tags { get; } = [];

    /// <summary>The shards that were seen closed, with their last numbers.</summary>
    public Dictionary<string, string> Ended { get; } = [];

    /// <summary>The shortest retention period there ever was: what is older may be gone.</summary>
    public int ShortestRetentionHours { get; set; } = 24;

    public AskedReshard? Reshard { get; set; }
}
