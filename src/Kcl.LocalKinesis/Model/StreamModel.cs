using System.Collections.Immutable;

namespace Kcl.LocalKinesis.Model;

/// <summary>
/// A stream without its records. Immutable: a change creates another instance. All times are in milliseconds since the Unix epoch.
/// </summary>
internal sealed record StreamModel
{
    public required string Name { get; init; }

    /// <summary>Gets the number that distinguishes the stream from an earlier one of the same name.</summary>
    public required long Generation { get; init; }

    /// <summary>Gets the time at which the stream was created, in milliseconds since the Unix epoch.</summary>
    public required long CreatedAt { get; init; }

    public int RetentionHours { get; init; } = 24;

    public bool OnDemand { get; init; }

    /// <summary>
    /// Gets a value indicating whether the record distribution strategy is AUTO: records are distributed over the shards regardless of
    /// their keys, and need no key.
    /// </summary>
    public bool AutoDistribution { get; init; }

    public int MaxRecordSizeInKiB { get; init; } = 1024;

    /// <summary>Gets the key with which a client requested records to be encrypted; null for none. The server does not encrypt.</summary>
    public string? KeyId { get; init; }

    public ImmutableSortedDictionary<string, string> Tags { get; init; } =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>Gets every shard that the stream has ever had, at the position of its index.</summary>
    public required ImmutableArray<ShardModel> Shards { get; init; }

    public PendingChange? Pending { get; init; }

    public ImmutableArray<ConsumerModel> Consumers { get; init; } = [];

    public StreamStatus Status => Pending?.Kind switch
    {
        null => StreamStatus.Active,
        ChangeKind.Create => StreamStatus.Creating,
        ChangeKind.Delete => StreamStatus.Deleting,
        _ => StreamStatus.Updating,
    };

    public long RetentionMilliseconds => RetentionHours * 3_600_000L;

    public int OpenShardCount => Shards.Count(shard => shard.IsOpen);

    /// <summary>Creates a stream that is active immediately.</summary>
    public static StreamModel Create(string name, long generation, long now, int shardCount) => new()
    {
        Name = name,
        Generation = generation,
        CreatedAt = now,
        Shards =
        [
            .. HashRanges.Uniform(shardCount)
                .Select((range, index) => new ShardModel(index, range, now / 1000, now, null, null, null)),
        ],
    };

    /// <summary>Returns whether all records of a closed shard have expired.</summary>
    public bool IsExpired(ShardModel shard, long now) =>
        shard.CloseSecond is not null && shard.RoutedUntil + RetentionMilliseconds <= now;

    /// <summary>Returns the index of a shard that can be read; null if it does not exist or its records have expired.</summary>
    public int? FindReadableShard(string shardId, long now) =>
        ShardModel.IndexOf(shardId) is { } index
        && index < Shards.Length
        && Status != StreamStatus.Creating
        && !IsExpired(Shards[index], now)
            ? index
            : null;

    /// <summary>Returns the children of a shard.</summary>
    public IEnumerable<ShardModel> ChildrenOf(int index) => Shards.Where(shard => shard.Parent == index || shard.AdjacentParent == index);
}
