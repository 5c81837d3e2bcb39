using Kcl.Internal;

namespace Kcl;

/// <summary>
/// The settings of a <see cref="KinesisConsumer"/>. The consumer validates and copies them when it is created; later changes have no
/// effect.
/// </summary>
/// <remarks>The maximum of every duration is 2147483647 milliseconds, about 24 days.</remarks>
public sealed class KinesisConsumerOptions
{
    private static readonly TimeSpan MinFailoverTime = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan MinIdleTime = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// Gets or sets the name of the application. Workers with the same name share the stream. A lease store has the name too, because it
    /// stores the leases under that name. Set it only in the store.
    /// </summary>
    /// <value>
    /// The default is empty, which means the name in the lease store. A name that differs from it is not accepted. Required if the store
    /// has no name.
    /// </value>
    public string ApplicationName { get; set; } = "";

    /// <summary>
    /// Gets or sets the stream to consume, and where to start. A <see cref="StreamName"/> or <see cref="StreamArn"/> can be assigned.
    /// </summary>
    /// <value>The default is options without a stream; <see cref="StreamOptions.Identifier"/> is required.</value>
    public StreamOptions Stream { get; set; } = new();

    /// <summary>Gets or sets the id of this worker. It must differ between running workers of an application.</summary>
    /// <value>The default is null: a random UUID.</value>
    public WorkerId? WorkerId { get; set; }

    /// <summary>Gets or sets how long a lease can remain without renewal before another worker may take it.</summary>
    /// <value>The default is 10 seconds; the minimum is 500 milliseconds. A lease is renewed about every third of this time.</value>
    public TimeSpan FailoverTime { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Gets or sets the maximum number of leases this worker holds.</summary>
    /// <value>The default is <see cref="int.MaxValue"/>, which means no limit. The minimum is 1.</value>
    public int MaxLeasesForWorker { get; set; } = int.MaxValue;

    /// <summary>
    /// Gets or sets the maximum number of leases that a worker with too few leases takes in one round from the worker that has the most.
    /// </summary>
    /// <value>The default is 1, which is also the minimum.</value>
    public int MaxLeasesToStealAtOneTime { get; set; } = 1;

    /// <summary>Gets or sets how often the stream's shard list is compared with the leases.</summary>
    /// <value>The default is 60 seconds; the minimum is 1 second.</value>
    public TimeSpan ShardSyncInterval { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Gets or sets the maximum time between two reads of the leases of a shard's unfinished parents. Parents that this worker finishes are
    /// noticed immediately.
    /// </summary>
    /// <value>The default is 10 seconds; the minimum is 100 milliseconds.</value>
    public TimeSpan ParentShardPollInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Gets or sets a value indicating whether the lease of a finished shard is deleted after its child shards have started.
    /// </summary>
    /// <value>The default is true.</value>
    public bool CleanUpLeasesOfFinishedShards { get; set; } = true;

    /// <summary>Gets or sets how the worker retrieves records.</summary>
    /// <value>The default is <see cref="RetrievalMode.Polling"/>. Java's library registers a fan-out consumer by default.</value>
    public RetrievalMode RetrievalMode { get; set; } = RetrievalMode.Polling;

    /// <summary>
    /// Gets or sets the name of the fan-out consumer, which is registered if it does not exist. It must be the same in all workers of an
    /// application.
    /// </summary>
    /// <value>
    /// The default is null: the <see cref="ApplicationName"/>. 1 to 128 letters, digits, <c>_</c>, <c>.</c> and <c>-</c>.
    /// </value>
    public string? FanOutConsumerName { get; set; }

    /// <summary>Gets or sets the maximum number of records in one read.</summary>
    /// <value>The default is 10000, which is also the maximum of the service. The minimum is 1.</value>
    public int MaxRecords { get; set; } = 10_000;

    /// <summary>Gets or sets the maximum pause between two reads of a shard that has no new records.</summary>
    /// <value>The default is 1 second; the minimum is 200 milliseconds, because the service allows five reads per second and shard.</value>
    public TimeSpan IdleTimeBetweenReads { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Gets or sets a value indicating whether the processor is called for reads that returned no records.</summary>
    /// <value>The default is false.</value>
    public bool DeliverEmptyBatches { get; set; }

    /// <summary>Gets or sets the maximum number of batches that are fetched ahead of each processor.</summary>
    /// <value>The default is 4; the minimum is 1.</value>
    public int MaxPrefetchedBatches { get; set; } = 4;

    /// <summary>
    /// Gets or sets the maximum number of bytes that all shards of this worker together fetch ahead. A shard with nothing fetched can
    /// always fetch one response.
    /// </summary>
    /// <value>The default is 67108864 (64 MiB); the minimum is 1.</value>
    public long MaxPrefetchedBytes { get; set; } = 67_108_864;

    /// <summary>
    /// Gets or sets a value indicating whether response buffers are reused after the processor's call returns. This saves memory; a
    /// processor that keeps records after its call must then copy them.
    /// </summary>
    /// <value>The default is false: records stay valid for as long as they are referenced.</value>
    public bool ReuseRecordBuffers { get; set; }

    /// <summary>
    /// Gets or sets the pause after a failed call of a processor. It doubles with each consecutive failure, with jitter, up to
    /// <see cref="MaxProcessorRetryDelay"/>.
    /// </summary>
    /// <value>The default is 500 milliseconds; the minimum is 1 millisecond.</value>
    public TimeSpan ProcessorRetryDelay { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Gets or sets the maximum pause after consecutive failures of a processor.</summary>
    /// <value>The default is 30 seconds; the minimum is <see cref="ProcessorRetryDelay"/>.</value>
    public TimeSpan MaxProcessorRetryDelay { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Gets or sets the number of consecutive failures without progress after which the worker releases the shard, so that another worker
    /// can try.
    /// </summary>
    /// <value>The default is 10; the minimum is 1.</value>
    public int MaxFailuresBeforeRelease { get; set; } = 10;

    /// <summary>
    /// Gets or sets how long a stop waits for the processors to finish their batches and to checkpoint. Then their tokens are canceled and
    /// the leases are released.
    /// </summary>
    /// <value>The default is 30 seconds; the minimum is zero.</value>
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets or sets the duration of a processor's call after which a warning is logged.</summary>
    /// <value>The default is null: no warning. Otherwise more than zero.</value>
    public TimeSpan? SlowProcessorWarningAfter { get; set; }

    // FanOutOrPolling polls if the service refuses the name.
    private bool NamesFanOutConsumerByApplication => RetrievalMode == RetrievalMode.FanOut
        && string.IsNullOrEmpty(FanOutConsumerName) && Stream?.FanOutConsumerArn is null;

    internal IReadOnlyList<string> Validate()
    {
        var problems = new OptionsProblems()
            .NotNull(nameof(Stream), Stream)
            .Nested(nameof(Stream), Stream?.Validate() ?? [])
            .Require(WorkerId != default(WorkerId), "WorkerId is the default value; set an id, or null for a random one.")
            .Duration(nameof(FailoverTime), FailoverTime, MinFailoverTime, "a lease is renewed about every third of it")
            .AtLeast(nameof(MaxLeasesForWorker), MaxLeasesForWorker, 1)
            .AtLeast(nameof(MaxLeasesToStealAtOneTime), MaxLeasesToStealAtOneTime, 1)
            .Duration(nameof(ShardSyncInterval), ShardSyncInterval, TimeSpan.FromSeconds(1), "each comparison lists the stream's shards")
            .Duration(
                nameof(ParentShardPollInterval), ParentShardPollInterval, TimeSpan.FromMilliseconds(100), "each poll reads the lease store")
            .Require(Enum.IsDefined(RetrievalMode), $"RetrievalMode is {(int)RetrievalMode}; use one of the named modes.")
            .Between(nameof(MaxRecords), MaxRecords, 1, 10_000)
            .Duration(nameof(IdleTimeBetweenReads), IdleTimeBetweenReads, MinIdleTime, "the service allows five reads per second and shard")
            .AtLeast(nameof(MaxPrefetchedBatches), MaxPrefetchedBatches, 1)
            .AtLeast(nameof(MaxPrefetchedBytes), MaxPrefetchedBytes, 1)
            .Duration(nameof(ProcessorRetryDelay), ProcessorRetryDelay, TimeSpan.FromMilliseconds(1))
            .Duration(
                nameof(MaxProcessorRetryDelay), MaxProcessorRetryDelay, ProcessorRetryDelay, "it is the limit of ProcessorRetryDelay")
            .AtLeast(nameof(MaxFailuresBeforeRelease), MaxFailuresBeforeRelease, 1)
            .Duration(nameof(ShutdownTimeout), ShutdownTimeout, TimeSpan.Zero);
        if (SlowProcessorWarningAfter is { } warningAfter)
        {
            problems.PositiveDuration(nameof(SlowProcessorWarningAfter), warningAfter, "null turns the warning off");
        }

        if (!string.IsNullOrEmpty(FanOutConsumerName))
        {
            problems.Name(nameof(FanOutConsumerName), FanOutConsumerName);
        }

        return problems.All;
    }

    /// <summary>Returns a copy, with the application's name, that later changes do not affect.</summary>
    /// <param name="storeApplicationName">The name of the application in the lease store; null if the store has none.</param>
    /// <exception cref="ConfigurationException">The options are not valid. The message lists every problem.</exception>
    internal KinesisConsumerOptions Freeze(string? storeApplicationName)
    {
        var isNamed = !string.IsNullOrWhiteSpace(ApplicationName);
        var isStoreNamed = !string.IsNullOrWhiteSpace(storeApplicationName);
        var application = isNamed ? ApplicationName : storeApplicationName;
        var problems = new OptionsProblems()
            .Require(
                isNamed || isStoreNamed,
                "ApplicationName is empty, and the lease store has no application name either; set ApplicationName.")
            .Require(
                !isNamed || !isStoreNamed || ApplicationName == storeApplicationName,
                $"ApplicationName is '{ApplicationName}', but the lease store stores the leases of application '{storeApplicationName}'; "
                + "leave ApplicationName empty, or give both the same name.")
            .Require(
                !NamesFanOutConsumerByApplication || string.IsNullOrWhiteSpace(application) || KinesisNames.IsValid(application),
                $"ApplicationName is '{application}', which cannot be the name of the fan-out consumer; "
                + "set FanOutConsumerName to 1 to 128 characters from a-z, A-Z, 0-9, '_', '.' and '-'.");
        OptionsProblems.ThrowIfAny("The options of the consumer", [.. problems.All, .. Validate()]);
        var copy = (KinesisConsumerOptions)MemberwiseClone();
        copy.ApplicationName = application!;
        copy.Stream = Stream.Freeze();
        return copy;
    }
}
