using Kcl.Consuming;
using Kcl.Leasing;
using Kcl.Leasing.Holding;
using Kcl.Simulation.Tests.Mistakes;

namespace Kcl.Simulation.Tests;

/// <summary>Consumers with a part that has a mistake. The simulation must find each of them.</summary>
internal static class PlantedMistakes
{
    /// <summary>Gets the functions that create the consumers, by the names of the mistakes.</summary>
    public static IReadOnlyDictionary<string, Func<KinesisConsumerOptions, KinesisConsumerServices, KinesisConsumer>> All { get; } =
        new Dictionary<string, Func<KinesisConsumerOptions, KinesisConsumerServices, KinesisConsumer>>
        {
            [nameof(ForgetfulLeases)] = ForgetfulLeases,
            [nameof(ForgottenStart)] = ForgottenStart,
            [nameof(ForgottenStream)] = ForgottenStream,
            [nameof(TokenOnly)] = TokenOnly,
            [nameof(OneListIsEnough)] = OneListIsEnough,
            [nameof(UnfencedCheckpoints)] = UnfencedCheckpoints,
            [nameof(ChildBeforeParent)] = ChildBeforeParent,
            [nameof(LostReplyIsLostLease)] = LostReplyIsLostLease,
            [nameof(ExpiryByWallClock)] = ExpiryByWallClock,
            [nameof(TwoWritersOfOneLease)] = TwoWritersOfOneLease,
        };

    /// <summary>
    /// Leases store only what Java stores: <c>LATEST</c> is a different position for each owner, and no worker knows to which stream a
    /// lease belongs.
    /// </summary>
    public static KinesisConsumer ForgetfulLeases(KinesisConsumerOptions options, KinesisConsumerServices services) =>
        new(options, With(services, new ForgetfulStore(services.LeaseStore, static _ => true)));

    /// <summary>Leases store their stream, but not the time of <c>LATEST</c>.</summary>
    public static KinesisConsumer ForgottenStart(KinesisConsumerOptions options, KinesisConsumerServices services) =>
        new(options, With(services, new ForgetfulStore(services.LeaseStore, static name => name == LeaseAnnotations.Start)));

    /// <summary>Leases store the time of <c>LATEST</c>, but not their stream.</summary>
    public static KinesisConsumer ForgottenStream(KinesisConsumerOptions options, KinesisConsumerServices services) =>
        new(options, With(services, new ForgetfulStore(services.LeaseStore, static name => name == LeaseAnnotations.Stream)));

    /// <summary>
    /// A lease counts as held until its token is canceled, even if the process was frozen for longer than the failover time.
    /// </summary>
    public static KinesisConsumer TokenOnly(KinesisConsumerOptions options, KinesisConsumerServices services) =>
        Around(options, services, static lease => new UnwatchedLease(lease), static coordination => coordination);

    /// <summary>A shard that is missing from one list counts as ended.</summary>
    public static KinesisConsumer OneListIsEnough(KinesisConsumerOptions options, KinesisConsumerServices services) =>
        Around(options, services, static lease => lease, static coordination => new HastyCoordination(coordination));

    /// <summary>Checkpoints are written without regard to the counter of the row.</summary>
    public static KinesisConsumer UnfencedCheckpoints(KinesisConsumerOptions options, KinesisConsumerServices services) =>
        new(options, With(services, new UnfencedStore(services.LeaseStore)));

    /// <summary>A child shard does not wait for its parents.</summary>
    public static KinesisConsumer ChildBeforeParent(KinesisConsumerOptions options, KinesisConsumerServices services) =>
        Around(options, services, static lease => lease, static coordination => new ImpatientCoordination(coordination));

    /// <summary>A write whose response was lost is treated as the write of another worker.</summary>
    public static KinesisConsumer LostReplyIsLostLease(KinesisConsumerOptions options, KinesisConsumerServices services) =>
        new(options, services, factory: null, new() { Reconciliation = new NoReconciliation() });

    /// <summary>Time is measured with the wall clock.</summary>
    public static KinesisConsumer ExpiryByWallClock(KinesisConsumerOptions options, KinesisConsumerServices services) =>
        new(options, With(services, services.LeaseStore, new WallClock(services.TimeProvider)));

    /// <summary>Renewals do not wait for a checkpoint that is being written.</summary>
    public static KinesisConsumer TwoWritersOfOneLease(KinesisConsumerOptions options, KinesisConsumerServices services) =>
        new(options, services, factory: null, new() { CreateGate = static () => new OpenGate() });

    private static KinesisConsumer Around(
        KinesisConsumerOptions options,
        KinesisConsumerServices services,
        Func<IHeldLease, IHeldLease> aroundLease,
        Func<IShardCoordination, IShardCoordination> aroundCoordination)
    {
        var retrieval = ConsumerSettings.CreateRecordSources(options, services);
        var consuming = new ConsumingServices(
            services.ProcessorFactory, retrieval, services.TimeProvider, services.Random, services.LoggerFactory);
        var settings = ConsumerSettings.CreateConsuming(options);
        return new(
            options,
            services,
            (lease, coordination) => new ShardConsumer(aroundLease(lease), aroundCoordination(coordination), settings, consuming),
            new LeaseWriting());
    }

    private static KinesisConsumerServices With(KinesisConsumerServices services, ILeaseStore leases, TimeProvider? time = null) => new()
    {
        KinesisClient = services.KinesisClient,
        LeaseStore = leases,
        ProcessorFactory = services.ProcessorFactory,
        LoggerFactory = services.LoggerFactory,
        TimeProvider = time ?? services.TimeProvider,
        Random = services.Random,
    };
}
