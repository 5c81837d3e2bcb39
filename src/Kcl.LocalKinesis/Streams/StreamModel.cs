using System.Collections.Immutable;

namespace Kcl.LocalKinesis.Streams;

/// <summary>What a stream is about to become, and when.</summary>
internal enum ChangeKind
{
    Create,
    Delete,
    Split,
    Merge,
    Scale,
    Settings,
}

/// <summary>
/// A change under way. All it will do is fixed when it is requested: a later look, even after a restart, finds the same outcome.
/// </summary>
/// <param name="Kind">What is done.</param>
/// <param name="DueAt">When, in milliseconds since the epoch; a change of shards waits for the next whole second after that.</param>
/// <param name="Shard">The shard that is split or merged.</param>
/// <param name="AdjacentShard">The other one of a merge.</param>
/// <param name="NewStartingHashKey">Where a split's second child begins.</param>
/// <param name="TargetShardCount">How many open shards are wanted.</param>
internal sealed record PendingChange(ChangeKind Kind, long DueAt, int Shard = 0, int AdjacentShard = 0, UInt128 NewStartingHashKey = default, int TargetShardCount = 0);

/// <summary>A consumer registered for enhanced fan-out.</summary>
/// <param name="Name">Its name, unique within the stream.</param>
/// <param name="CreatedAt">When it was registered, in milliseconds since the epoch; part of its ARN.</param>
/// <param name="ActiveAt">When it becomes, or became, ACTIVE.</param>
/// <param name="GoneAt">When its deletion is complete; null while nobody deletes it.</param>
internal sealed record ConsumerModel(string Name, long CreatedAt, long ActiveAt, long? GoneAt);

/// <summary>All that is known of a stream but its records. Immutable: a change is a new value.</summary>
internal sealed record StreamModel
{
    public required string Name { get; init; }

    /// <summary>Tells a stream from an earlier one of the same name.</summary>
    public required long Generation { get; init; }

    /// <summary>When it was created, in milliseconds since the epoch.</summary>
    public required long CreatedAt { get; init; }

    public int RetentionHours { get; init; } = 24;

    public bool OnDemand { get; init; }

    /// <summary>Whether records are spread over the shards whatever their keys, and need none: the strategy AUTO.</summary>
    public bool AutoDistribution { get; init; }

    public int MaxRecordSizeInKiB { get; init; } = 1024;

    /// <summary>The key a client said records are encrypted with; null for none. Nothing is encrypted here.</summary>
    public string? KeyId { get; init; }

    public ImmutableSortedDictionary<string, string> Tags { get; init; } = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>Every shard there ever was; a shard's index is its place.</summary>
    public required ImmutableArray<ShardModel> Shards { get; init; }

    public PendingChange? Pending { get; init; }

    public ImmutableArray<ConsumerModel> Consumers { get; init; } = [];

    public string Status => Pending?.Kind switch
    {
        null => "ACTIVE",
        ChangeKind.Create => "CREATING",
        ChangeKind.Delete => "DELETING",
        _ => "UPDATING",
    };

    public long RetentionMilliseconds => RetentionHours * 3_600_000L;

    /// <summary>The open shards, by the hash keys they take.</summary>
    public IEnumerable<ShardModel> OpenShards => Shards.Where(shard => shard.IsOpen).OrderBy(shard => shard.Range.Start);

    public int OpenShardCount => Shards.Count(shard => shard.IsOpen);

    /// <summary>Whether nothing that a closed shard held can be read any more.</summary>
    public bool IsExpired(ShardModel shard, long now) => shard.CloseSecond is not null && shard.RoutedUntil + RetentionMilliseconds <= now;

    /// <summary>The shards that continue one.</summary>
    public IEnumerable<ShardModel> ChildrenOf(int index) => Shards.Where(shard => shard.Parent == index || shard.AdjacentParent == index);
}
