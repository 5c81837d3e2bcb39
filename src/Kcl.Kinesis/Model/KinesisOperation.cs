namespace Kcl.Kinesis;

/// <summary>Specifies an operation of Kinesis Data Streams. The names are those of the service.</summary>
public enum KinesisOperation
{
    /// <summary>Creates a stream.</summary>
    CreateStream,

    /// <summary>Deletes a stream.</summary>
    DeleteStream,

    /// <summary>Describes a stream without its shards.</summary>
    DescribeStreamSummary,

    /// <summary>Lists streams.</summary>
    ListStreams,

    /// <summary>Lists shards.</summary>
    ListShards,

    /// <summary>Gets an iterator.</summary>
    GetShardIterator,

    /// <summary>Reads records.</summary>
    GetRecords,

    /// <summary>Puts one record.</summary>
    PutRecord,

    /// <summary>Puts up to 500 records.</summary>
    PutRecords,

    /// <summary>Splits a shard.</summary>
    SplitShard,

    /// <summary>Merges two shards.</summary>
    MergeShards,

    /// <summary>Scales a stream uniformly.</summary>
    UpdateShardCount,

    /// <summary>Registers a fan-out consumer.</summary>
    RegisterStreamConsumer,

    /// <summary>Describes a fan-out consumer.</summary>
    DescribeStreamConsumer,

    /// <summary>Lists fan-out consumers.</summary>
    ListStreamConsumers,

    /// <summary>Removes a fan-out consumer.</summary>
    DeregisterStreamConsumer,

    /// <summary>Subscribes to a shard.</summary>
    SubscribeToShard,
}
