namespace Kcl.LocalKinesis.RecordLog;

/// <summary>Provides the facts about a shard that its log needs.</summary>
internal interface IShardWindow
{
    /// <summary>Gets the time, in milliseconds since the Unix epoch; never earlier than a time returned before.</summary>
    long Now { get; }

    /// <summary>Returns the second in which the shard was created, in seconds since the Unix epoch.</summary>
    long CreateSecond(int shardIndex);

    /// <summary>Returns the time from which the shard accepts no more records, in milliseconds since the Unix epoch.</summary>
    long RoutedUntil(int shardIndex);
}
