namespace Kcl.LocalKinesis.RecordLog;

/// <summary>Provides what a log needs to know about its shard.</summary>
internal interface IShardWindow
{
    /// <summary>Gets the time, in milliseconds since the epoch; never earlier than a time returned before.</summary>
    long Now { get; }

    /// <summary>Returns the second in which the shard was created.</summary>
    long CreateSecond(int shardIndex);

    /// <summary>Returns the first millisecond at which the shard takes no more records.</summary>
    long RoutedUntil(int shardIndex);
}
