namespace Kcl.Retrieval;

/// <summary>Specifies what a failed read means for the shard.</summary>
internal enum ReadFailure
{
    /// <summary>It means nothing for the shard. The read is tried again.</summary>
    Unrelated,

    /// <summary>The requested position is not valid.</summary>
    PositionRefused,

    /// <summary>The shard, or the position in it, does not exist.</summary>
    NotFound,

    /// <summary>The shard, the position in it, or the consumer with which the reader is registered does not exist.</summary>
    ShardOrReaderNotFound,
}
