namespace Kcl.Retrieval;

/// <summary>Specifies what a failed read says about the shard.</summary>
internal enum ReadFailure
{
    /// <summary>Nothing. The read is tried again.</summary>
    Unrelated,

    /// <summary>The position that was asked for is not valid.</summary>
    PositionRefused,

    /// <summary>The shard, or the position in it, does not exist.</summary>
    NotFound,

    /// <summary>The shard, the position in it, or what the reader is registered as does not exist.</summary>
    ShardOrReaderNotFound,
}
