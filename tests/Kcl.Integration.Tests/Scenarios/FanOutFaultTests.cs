using Kcl.Integration.Tests.Ledger;
using Kcl.Integration.Tests.Servers;
using Kcl.Integration.Tests.Streams;
using Kcl.Kinesis;
using Kcl.LocalKinesis;

namespace Kcl.Integration.Tests.Scenarios;

/// <summary>
/// Tests that records reach the processor once and in order despite all failures of subscriptions. The clocks of the worker and of the
/// server run faster; the intervals are those of the service.
/// </summary>
public class FanOutFaultTests
{
    private const int Shards = 2;
    private static readonly TimeSpan WaitTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan NeverByServer = TimeSpan.FromDays(1);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Connections_are_cut_every_second()
    {
        await using var scene = await Scene.StartAsync(speed: 5);

        for (var waited = 0; scene.Counts.FewestOf(Shards) < 5; waited++)
        {
            Assert.True(waited < WaitTimeout.TotalSeconds, scene.Describe());
            await Task.Delay(TimeSpan.FromSeconds(1), Stop);
            scene.Forwarder.Cut();
        }

        await scene.FinishAsync();
        Assert.True(scene.Counts.Failed(KinesisErrorCode.Unreachable) >= 5, scene.Describe());
    }

    [Fact]
    public async Task The_server_ends_each_subscription_after_a_while()
    {
        await using var scene = await Scene.StartAsync(speed: 100, duration: TimeSpan.FromMinutes(4));

        await scene.UntilAsync("three subscriptions to each shard", () => scene.Counts.FewestOf(Shards) >= 3);

        await scene.FinishAsync();
    }

    [Fact]
    public async Task Subscriptions_are_renewed_before_five_minutes_are_over()
    {
        await using var scene = await Scene.StartAsync(speed: 100, duration: NeverByServer);

        await scene.UntilAsync("three subscriptions to each shard", () => scene.Counts.FewestOf(Shards) >= 3);

        await scene.FinishAsync();
    }

    [Fact]
    public async Task Another_client_takes_the_subscription_over_and_lets_go()
    {
        await using var scene = await Scene.StartAsync(speed: 10);
        var consumer = Assert.Single(await scene.ConsumersAsync());
        using var letGo = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var taking = TakeAsync(scene.Stream.Client, new(consumer.Arn, new("shardId-000000000000"), StartingPosition.Latest), letGo.Token);

        await scene.UntilAsync(
            "the worker lost its subscription three times",
            () => scene.Counts.Failed(KinesisErrorCode.ResourceInUse) >= 3);
        await letGo.CancelAsync();
        await taking;

        await scene.FinishAsync();
    }

    [Fact]
    public async Task The_server_falls_silent_and_connections_stay_open()
    {
        await using var scene = await Scene.StartAsync(speed: 15, duration: NeverByServer);

        scene.Forwarder.StopForwarding();
        // No connection was closed. So if a call was sent and not answered, the worker has detected the silence.
        await scene.UntilAsync("the silent subscription given up", () => scene.Counts.Failed(KinesisErrorCode.Unreachable) >= 1);
        Assert.True(scene.Counts.Restarts == 0, $"Only the progress watchdog noticed. {scene.Describe()}");
        scene.Forwarder.Resume();

        await scene.FinishAsync();
    }

    [Fact]
    public async Task The_consumer_is_deleted_and_registered_again()
    {
        // In the service too, deleting and registering a consumer takes time.
        await using var scene = await Scene.StartAsync(speed: 20, changes: TimeSpan.FromSeconds(15));
        for (var time = 1; time <= 2; time++)
        {
            var deleted = Assert.Single(await scene.ConsumersAsync()).Arn;
            var before = scene.Counts.FewestOf(Shards);
            await scene.Stream.Client.DeregisterStreamConsumerAsync(deleted, Stop);

            await scene.UntilAsync("a subscription of each shard after the deletion", () => scene.Counts.FewestOf(Shards) > before);

            Assert.NotEqual(deleted, Assert.Single(await scene.ConsumersAsync()).Arn);
        }

        await scene.FinishAsync();
        Assert.True(scene.Counts.Failed(KinesisErrorCode.ResourceNotFound) >= 2, scene.Describe());
    }

    private static async Task TakeAsync(KinesisClient client, SubscribeToShardRequest request, CancellationToken letGo)
    {
        while (!letGo.IsCancellationRequested)
        {
            try
            {
                await using var subscription = await client.SubscribeToShardAsync(request, letGo);
                while (await subscription.ReadAsync(letGo) is { } pushed)
                {
                    pushed.Dispose();
                }
            }
            catch (KinesisException exception) when (exception.Code == KinesisErrorCode.ResourceInUse)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), letGo).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException) when (letGo.IsCancellationRequested)
            {
                return;
            }
        }
    }

    /// <summary>
    /// A server with a forwarder in front of it, a worker that has subscribed to two shards through the forwarder, and numbers that are put
    /// continuously.
    /// </summary>
    private sealed class Scene : IAsyncDisposable
    {
        private readonly TemporaryFolder _folder = new();
        private readonly MemoryLedger _ledger = new(checkpointEvery: 7);
        private readonly CancellationTokenSource _putEnough = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        private readonly LocalKinesisServer _server;
        private readonly KinesisClient _client;
        private readonly InProcessWorker _worker;
        private readonly Task _putting;

        private Scene(LocalKinesisServer server, TestStream stream, ScaledClock clock)
        {
            (_server, Stream, Forwarder, Counts) = (server, stream, new(server.Endpoint), new(stream.Name));
            var options = KinesisClientOptions.ForLocalServer(Forwarder.Endpoint);
            options.AttemptTimeout = TimeSpan.FromSeconds(2);
            _client = new(options);
            _worker = InProcessWorker.Start(
                stream,
                _folder.File("leases.db"),
                _ledger,
                InitialPosition.TrimHorizon,
                RetrievalMode.FanOut,
                _client,
                clock);
            _putting = stream.KeepPuttingAsync(TimeSpan.FromMilliseconds(50), _putEnough.Token);
        }

        public TestStream Stream { get; }

        public TcpForwarder Forwarder { get; }

        public SubscriptionCounts Counts { get; }

        public static async Task<Scene> StartAsync(double speed, TimeSpan? duration = null, TimeSpan changes = default)
        {
            var clock = new ScaledClock(speed);
            var server = await LocalKinesisServer.StartAsync(
                new()
                {
                    Port = 0,
                    TimeProvider = clock,
                    SubscriptionDuration = duration ?? TimeSpan.FromMinutes(5),
                    StateChangeDelay = changes,
                },
                Stop);
            var scene = new Scene(server, await TestStream.CreateAsync(server, Shards, Stop), clock);
            await scene.UntilAsync(
                "each shard subscribed to and read",
                () => scene.Counts.FewestOf(Shards) >= 1 && scene.Delivered().Select(e => e.Shard).Distinct().Count() == Shards);
            return scene;
        }

        public async Task<IReadOnlyList<StreamConsumer>> ConsumersAsync()
        {
            var summary = await Stream.Client.DescribeStreamSummaryAsync(Stream.Name, Stop);
            return (await Stream.Client.ListStreamConsumersAsync(new(summary.StreamArn!.Value), Stop)).Consumers;
        }

        public Task UntilAsync(string what, Func<bool> condition) => Eventually.TrueAsync(what, condition, WaitTimeout, Describe, Stop);

        /// <summary>Stops putting numbers, and checks that each was delivered once and in order.</summary>
        public async Task FinishAsync()
        {
            await _putEnough.CancelAsync();
            await _putting;
            await Stream.PutAsync(20, Stop);
            await _worker.DeliveredAsync(_ledger, Stream.Numbers, WaitTimeout, Stop);
            await _worker.StopAsync();
            Assert.Empty(Invariants.Violations(_ledger.Read(), Stream.Numbers, await Stream.ParentsAsync(Stop)));

            // No processor was replaced, so no record may be delivered twice.
            Assert.Equal(Stream.Numbers.Count, Delivered().Count());
        }

        public string Describe() => $"{Counts}\n{_worker.Describe()}";

        public async ValueTask DisposeAsync()
        {
            await _putEnough.CancelAsync();
            await _putting;
            await _worker.DisposeAsync();
            _client.Dispose();
            await Forwarder.DisposeAsync();
            await Stream.DisposeAsync();
            await _server.DisposeAsync();
            Counts.Dispose();
            _putEnough.Dispose();
            _folder.Dispose();
        }

        private IEnumerable<LedgerEvent> Delivered() => _ledger.Read().Where(e => e.Kind == LedgerEventKind.Delivered);
    }
}
