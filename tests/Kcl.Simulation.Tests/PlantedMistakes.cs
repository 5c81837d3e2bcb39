using Kcl.Consuming;
using Kcl.Kinesis;
using Kcl.Leasing;
using Kcl.Streams;

namespace Kcl.Simulation.Tests;

/// <summary>Consumers that err on purpose, by what is put around their parts: the simulation has to find each.</summary>
internal static class PlantedMistakes
{
    /// <summary>
    /// Leases remember nothing beyond what Java's do: <c>LATEST</c> is a different place for each owner, and nobody knows to which stream a
    /// lease belongs.
    /// </summary>
    public static KinesisConsumer ForgetfulLeases(KinesisConsumerOptions options, KinesisConsumerServices services) =>
        new(options, With(services, new ForgetfulStore(services.LeaseStore, static _ => true)));

    /// <summary>Leases remember their stream, but not where <c>LATEST</c> was.</summary>
    public static KinesisConsumer ForgottenStart(KinesisConsumerOptions options, KinesisConsumerServices services) =>
        new(options, With(services, new ForgetfulStore(services.LeaseStore, static name => name == LeaseAnnotations.Start)));

    /// <summary>Leases remember where <c>LATEST</c> was, but not their stream.</summary>
    public static KinesisConsumer ForgottenStream(KinesisConsumerOptions options, KinesisConsumerServices services) =>
        new(options, With(services, new ForgetfulStore(services.LeaseStore, static name => name == LeaseAnnotations.Stream)));

    /// <summary>A lease counts as held until its token says otherwise, however long the process was frozen.</summary>
    public static KinesisConsumer TokenOnly(KinesisConsumerOptions options, KinesisConsumerServices services) =>
        Around(options, services, static lease => new UnwatchedLease(lease), static coordination => coordination);

    /// <summary>A shard that one list does not show has ended.</summary>
    public static KinesisConsumer OneListIsEnough(KinesisConsumerOptions options, KinesisConsumerServices services) =>
        Around(options, services, static lease => lease, static coordination => new HastyCoordination(coordination));

    private static KinesisConsumer Around(KinesisConsumerOptions options, KinesisConsumerServices services, Func<IHeldLease, IHeldLease> aroundLease, Func<IShardCoordination, IShardCoordination> aroundCoordination)
    {
        var retrieval = RetrievalSetup.CreateFactory(options, services);
        var consuming = new ConsumingServices(
            services.ProcessorFactory, retrieval, services.TimeProvider, services.Random, services.LoggerFactory);
        var settings = ConsumerSettings.Consuming(options);
        return new(
            options,
            services,
            (lease, coordination) => new ShardConsumer(aroundLease(lease), aroundCoordination(coordination), settings, consuming),
            Internal.PlantedBugs.None);
    }

    private static KinesisConsumerServices With(KinesisConsumerServices services, ILeaseStore leases) => new()
    {
        KinesisClient = services.KinesisClient,
        LeaseStore = leases,
        ProcessorFactory = services.ProcessorFactory,
        LoggerFactory = services.LoggerFactory,
        TimeProvider = services.TimeProvider,
        Random = services.Random,
    };

    /// <summary>A store that drops private attributes on the way in and out.</summary>
    private sealed class ForgetfulStore(ILeaseStore store, Func<string, bool> forgets) : ILeaseStore
    {
        public string? ApplicationName => store.ApplicationName;

        public ValueTask InitializeAsync(CancellationToken cancellationToken) => store.InitializeAsync(cancellationToken);

        public async ValueTask<LeaseListing> ListAsync(CancellationToken cancellationToken) => new([.. (await store.ListAsync(cancellationToken)).Select(Forget)]);

        public async ValueTask<Lease?> GetAsync(LeaseKey key, CancellationToken cancellationToken) => await store.GetAsync(key, cancellationToken) is { } lease ? Forget(lease) : null;

        public async ValueTask<LeaseWriteResult> TryWriteAsync(LeaseKey key, LeaseWrite write, CancellationToken cancellationToken) => Forget(await store.TryWriteAsync(key, Forget(write), cancellationToken));

        public ValueTask<LeaseFleet> InspectFleetAsync(IReadOnlyCollection<Lease> listed, CancellationToken cancellationToken) => store.InspectFleetAsync(listed, cancellationToken);

        private Lease Forget(Lease lease) => lease with { PrivateAttributes = lease.PrivateAttributes.Where(a => !forgets(a.Key)).ToDictionary() };

        private LeaseWrite Forget(LeaseWrite write) => new()
        {
            Condition = write.Condition with { PrivateAttributes = write.Condition.PrivateAttributes.Where(a => !forgets(a.Key)).ToDictionary() },
            Change = write.Change switch
            {
                LeaseCreation creation => new LeaseCreation { Lease = Forget(creation.Lease) },
                LeaseUpdate update => update with { PrivateAttributes = update.PrivateAttributes?.Where(a => !forgets(a.Key)).ToDictionary() },
                var change => change,
            },
        };

        private LeaseWriteResult Forget(LeaseWriteResult write) => write with { Current = write.Current is { } lease ? Forget(lease) : null };
    }

    private sealed class UnwatchedLease(IHeldLease lease) : IHeldLease
    {
        public LeaseKey Key => lease.Key;

        public Lease Current => lease.Current;

        public CancellationToken Lost => lease.Lost;

        public bool IsHeld => !lease.Lost.IsCancellationRequested;

        public bool StartsAtTip => lease.StartsAtTip;

        public ValueTask<bool> TryUpdateAsync(Func<Lease, LeaseUpdate?> change, CancellationToken cancellationToken) => lease.TryUpdateAsync(change, cancellationToken);
    }

    /// <summary>Says of a shard that is not listed that it is closed.</summary>
    private sealed class HastyCoordination(IShardCoordination coordination) : IShardCoordination
    {
        public ValueTask WhenParentsFinishedAsync(Lease lease, CancellationToken cancellationToken) => coordination.WhenParentsFinishedAsync(lease, cancellationToken);

        public ValueTask CreateChildLeasesAsync(IHeldLease held, IReadOnlyList<ChildShard> children, CancellationToken cancellationToken) => coordination.CreateChildLeasesAsync(held, children, cancellationToken);

        public async ValueTask<ShardListing> FindAsync(ShardRef shard, CancellationToken cancellationToken) =>
            await coordination.FindAsync(shard, cancellationToken) is { Exists: true } listing ? listing : new(Exists: true, IsOpen: false, []);

        public void RequestStreamCheck() => coordination.RequestStreamCheck();
    }
}
