using Kcl.Integration.Tests.Ledger;
using Kcl.Integration.Tests.Servers;
using Kcl.Integration.Tests.Streams;
using Kcl.Kinesis;

namespace Kcl.Integration.Tests.Scenarios;

/// <summary>
/// Tests that records pushed by enhanced fan-out reach the processor as with polling: none is lost, in order, children after parents.
/// </summary>
public class FanOutTests(ServerPark park)
{
    private static readonly TimeSpan WaitTimeout = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(ServerKind.Embedded)]
    [InlineData(ServerKind.KinesisLocal)]
    public async Task Records_put_before_and_while_subscribed_are_delivered(ServerKind server)
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var folder = new TemporaryFolder();
        await using var stream = await TestStream.CreateAsync(park, server, 2, cancellation);
        await stream.PutAsync(100, cancellation);
        var ledger = new MemoryLedger(checkpointEvery: 7);
        await using var worker = InProcessWorker.Start(
            stream,
            folder.File("leases.db"),
            ledger,
            InitialPosition.TrimHorizon,
            RetrievalMode.FanOut);
        await worker.DeliveredAsync(ledger, stream.Numbers, WaitTimeout, cancellation);
        await stream.PutAsync(100, cancellation);

        await worker.DeliveredAsync(ledger, stream.Numbers, WaitTimeout, cancellation);

        await worker.StopAsync();
        Assert.Empty(Invariants.Violations(ledger.Read(), stream.Numbers, await stream.ParentsAsync(cancellation)));
    }

    [Fact]
    public async Task Connections_lost_to_a_server_nobody_here_wrote_lose_nothing()
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var folder = new TemporaryFolder();
        await using var stream = await TestStream.CreateAsync(park, ServerKind.KinesisLocal, 2, cancellation);
        await using var forwarder = new TcpForwarder(stream.Endpoint);
        await using var client = new KinesisClient(KinesisClientOptions.ForLocalServer(forwarder.Endpoint));
        using var counts = new SubscriptionCounts(stream.Name);
        var ledger = new MemoryLedger(checkpointEvery: 7);
        await using var worker = InProcessWorker.Start(
            stream,
            folder.File("leases.db"),
            ledger,
            InitialPosition.TrimHorizon,
            RetrievalMode.FanOut,
            client: client);
        for (var cuts = 0; cuts < 3; cuts++)
        {
            await PutAndReceiveAsync();
            forwarder.Cut();
        }

        await PutAndReceiveAsync();

        await worker.StopAsync();
        Assert.Empty(Invariants.Violations(ledger.Read(), stream.Numbers, await stream.ParentsAsync(cancellation)));

        async Task PutAndReceiveAsync()
        {
            await stream.PutAsync(50, cancellation);
            var refusals = counts.Failed(KinesisErrorCode.ResourceInUse);
            var delivered = worker.DeliveredAsync(ledger, stream.Numbers, WaitTimeout, cancellation);
            await Eventually.TrueAsync(
                "every number delivered, or a subscription refused",
                () => delivered.IsCompleted || counts.Failed(KinesisErrorCode.ResourceInUse) > refusals,
                WaitTimeout,
                worker.Describe,
                cancellation);
            if (!delivered.IsCompleted)
            {
                await FreeSubscriptionsAsync(stream, cancellation);
            }

            await delivered;
        }
    }

    /// <summary>
    /// Works around a fault of kinesis-local. If a connection is reset while it writes an event, it does not detect that, and for five
    /// minutes it refuses other subscriptions of the same consumer to the shard as "in use". The service accepts another subscription after
    /// five seconds.
    /// </summary>
    private static async Task FreeSubscriptionsAsync(TestStream stream, CancellationToken cancellation)
    {
        var summary = await stream.Client.DescribeStreamSummaryAsync(stream.Name, cancellation);
        var consumers = await stream.Client.ListStreamConsumersAsync(new(summary.StreamArn!.Value), cancellation);
        await stream.Client.DeregisterStreamConsumerAsync(Assert.Single(consumers.Consumers).Arn, cancellation);
    }

    [Fact]
    public async Task Two_to_four_to_two_shards_while_subscribed()
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var folder = new TemporaryFolder();
        await using var stream = await TestStream.CreateAsync(park, ServerKind.Embedded, 2, cancellation);
        var ledger = new MemoryLedger(checkpointEvery: 7);
        await using var worker = InProcessWorker.Start(
            stream,
            folder.File("leases.db"),
            ledger,
            InitialPosition.TrimHorizon,
            RetrievalMode.FanOut);
        await stream.PutAsync(100, cancellation);
        await worker.DeliveredAsync(ledger, stream.Numbers, WaitTimeout, cancellation);
        await stream.DoubleAsync(cancellation);
        await stream.PutAsync(100, cancellation);
        await stream.HalveAsync(cancellation);
        await stream.PutAsync(100, cancellation);

        await worker.DeliveredAsync(ledger, stream.Numbers, WaitTimeout, cancellation);

        await worker.StopAsync();
        var parents = await stream.ParentsAsync(cancellation);
        Assert.Equal(6, parents.Count);
        Assert.Empty(Invariants.Violations(ledger.Read(), stream.Numbers, parents));
    }
}
