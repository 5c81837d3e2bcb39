using Kcl.Kinesis;

namespace Kcl;

/// <summary>What a <c>KinesisConsumer</c> consumes, and how. The consumer reads a frozen copy; later changes do not reach it.</summary>
public sealed class KinesisConsumerOptions
{
    /// <summary>Gets or sets the application: workers of one name share the stream, and their leases are kept under it.</summary>
    /// <value>Required.</value>
    public string ApplicationName { get; set; } = "";

    /// <summary>Gets or sets the stream.</summary>
    /// <value>Required.</value>
    public StreamIdentifier Stream { get; set; }

    /// <summary>Gets or sets this worker's id; must differ between running processes.</summary>
    /// <value>The default is a random UUID.</value>
    public string? WorkerId { get; set; }

    /// <summary>Gets or sets where shards without a lease start.</summary>
    /// <value>The default is <c>LATEST</c>, as in every KCL. <see cref="InitialPosition.AtTimestamp(DateTimeOffset)"/> must be the same in all workers: the instant is not stored.</value>
    public InitialPosition InitialPosition { get; set; } = InitialPosition.Latest;

    /// <summary>Gets or sets how long a lease may go without renewal before a peer may take it.</summary>
    /// <value>The default is 10 seconds. Renewals are made three times as often.</value>
    public TimeSpan FailoverTime { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Gets or sets the most leases this worker will own.</summary>
    /// <value>The default is <see cref="int.MaxValue"/>, meaning no limit. At least 1.</value>
    public int MaxLeasesForWorker { get; set; } = int.MaxValue;

    /// <summary>Gets or sets how many leases a worker with too few may take in one round from the peer that has most.</summary>
    /// <value>The default is 1. At least 1.</value>
    public int MaxLeasesToStealAtOneTime { get; set; } = 1;

    /// <summary>Gets or sets how often the shard list is compared with the leases.</summary>
    /// <value>The default is 60 seconds.</value>
    public TimeSpan ShardSyncInterval { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Gets or sets the longest time between two looks at a shard's unfinished parents in the lease store. Parents finished by this worker are noticed at once.</summary>
    /// <value>The default is 10 seconds.</value>
    public TimeSpan ParentShardPollInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Gets or sets whether a finished shard's lease is removed once its children are under way.</summary>
    /// <value>The default is true.</value>
    public bool CleanUpLeasesOfFinishedShards { get; set; } = true;

    /// <summary>Gets or sets how records reach the worker.</summary>
    /// <value>The default is <see cref="RetrievalMode.Polling"/>; Java's library registers a fan-out consumer by default.</value>
    public RetrievalMode RetrievalMode { get; set; }

    /// <summary>Gets or sets the name of the fan-out consumer, registered if there is none.</summary>
    /// <value>The default is <see cref="ApplicationName"/>. All workers of an application must have the same.</value>
    public string? FanOutConsumerName { get; set; }

    /// <summary>Gets or sets the fan-out consumer by its ARN; it is then never registered here.</summary>
    /// <value>The default is null: by name.</value>
    public ConsumerArn? FanOutConsumerArn { get; set; }

    /// <summary>Gets or sets the most records of one read.</summary>
    /// <value>The default is 10000, which is also the most the service allows. At least 1.</value>
    public int MaxRecords { get; set; } = 10_000;

    /// <summary>Gets or sets the longest pause between two reads of a shard that has nothing new.</summary>
    /// <value>The default is 1 second. At least 200 milliseconds: the service allows five reads per second and shard.</value>
    public TimeSpan IdleTimeBetweenReads { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Gets or sets whether the processor is called for reads that brought nothing.</summary>
    /// <value>The default is false.</value>
    public bool CallProcessRecordsEvenForEmptyRecordList { get; set; }

    /// <summary>Gets or sets the most batches fetched ahead of each processor.</summary>
    /// <value>The default is 4. At least 1.</value>
    public int MaxPrefetchedBatches { get; set; } = 4;

    /// <summary>Gets or sets the bytes all shards of this worker together may have fetched ahead. A shard with nothing fetched may always fetch one response.</summary>
    /// <value>The default is 64 MiB.</value>
    public long PrefetchByteBudget { get; set; } = 64L << 20;

    /// <summary>Gets or sets whether the buffers of responses are used again when the processor's call returns. Saves memory; a processor that keeps records beyond its call must then copy them.</summary>
    /// <value>The default is false: records stay valid for as long as they are referenced.</value>
    public bool ReuseRecordBuffers { get; set; }

    /// <summary>Gets or sets the pause after a failure of a processor; doubled with each failure in a row, up to <see cref="MaxTaskBackoff"/>, with jitter.</summary>
    /// <value>The default is 500 milliseconds.</value>
    public TimeSpan TaskBackoff { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Gets or sets the longest pause after failures in a row.</summary>
    /// <value>The default is 30 seconds.</value>
    public TimeSpan MaxTaskBackoff { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets or sets how many failures in a row, without any progress between them, make the worker release the shard for another to try.</summary>
    /// <value>The default is 10. At least 1.</value>
    public int MaxFailuresBeforeRelease { get; set; } = 10;

    /// <summary>Gets or sets how long a stop waits for processors to finish what they are at, to checkpoint and to say goodbye.</summary>
    /// <value>The default is 30 seconds. Then their tokens are cancelled and the leases released as they are.</value>
    public TimeSpan ShutdownGrace { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets or sets after how long a processor's call that has not returned is warned about.</summary>
    /// <value>The default is null: never.</value>
    public TimeSpan? LogWarningForTaskAfter { get; set; }

    internal KinesisConsumerOptions Freeze() => (KinesisConsumerOptions)MemberwiseClone();
}

/// <summary>Where a shard that has no lease yet starts.</summary>
public readonly record struct InitialPosition
{
    private InitialPosition(ExtendedSequenceNumber checkpoint, DateTimeOffset? timestamp = null) => (Checkpoint, Timestamp) = (checkpoint, timestamp);

    /// <summary>What the new lease's checkpoint says: one of the named positions.</summary>
    public ExtendedSequenceNumber Checkpoint { get; }

    /// <summary>The instant of <see cref="AtTimestamp(DateTimeOffset)"/>; else null.</summary>
    public DateTimeOffset? Timestamp { get; }

    /// <summary>The oldest record of each shard.</summary>
    public static InitialPosition TrimHorizon => new(ExtendedSequenceNumber.TrimHorizon);

    /// <summary>What is put after the application first looks.</summary>
    public static InitialPosition Latest => new(ExtendedSequenceNumber.Latest);

    /// <summary>The first record put at or after an instant.</summary>
    /// <param name="timestamp">The instant.</param>
    public static InitialPosition AtTimestamp(DateTimeOffset timestamp) => new(ExtendedSequenceNumber.AtTimestamp, timestamp);
}
