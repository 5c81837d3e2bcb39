using Kcl.Integration.Tests.Ledger;
using Kcl.Integration.Tests.Streams;
using Kcl.Kinesis;
using Kcl.LocalKinesis;

namespace Kcl.Integration.Tests.Scenarios;

/// <summary>Tests a consumer, its client and its server in this process, all with the same broken log.</summary>
[Collection(TimedScenarios.Name)]
public sealed class BrokenLogTests
{
    private static readonly TimeSpan WaitTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan UsualStop = TimeSpan.FromSeconds(5);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Records_flow_leases_are_renewed_and_a_stop_takes_its_usual_time(bool blocks)
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var log = new BrokenLog(blocks);
        using var folder = new TemporaryFolder();
        await using var server = await LocalKinesisServer.StartAsync(new() { Port = 0, LoggerFactory = log }, cancellation);
        await using var stream = await TestStream.CreateAsync(server, 2, cancellation);
        await using var client = new KinesisClient(KinesisClientOptions.ForLocalServer(server.Endpoint), log);
        await stream.PutAsync(100, cancellation);
        var ledger = new MemoryLedger(checkpointEvery: 10);
        await using var worker = InProcessWorker.Start(
            stream,
            folder.File("leases.db"),
            ledger,
            InitialPosition.TrimHorizon,
            client: client,
            loggers: log);
        await worker.DeliveredAsync(ledger, stream.Numbers, WaitTimeout, cancellation);

        // The leases of idle shards are written only by renewals.
        var before = (await worker.LeasesAsync(cancellation)).ToDictionary(l => l.Key, l => l.Counter);
        Assert.Equal(2, before.Count);
        IReadOnlyList<Leasing.Lease> now = [];
        await Eventually.TrueAsync(
            "each lease renewed three times",
            () => (now = worker.LeasesAsync(cancellation).GetAwaiter().GetResult()).All(l => l.Owner is not null
                && l.Counter >= before[l.Key] + 3),
            WaitTimeout,
            () => $"{worker.Describe()}\n{string.Join('\n', now)}",
            cancellation);

        await stream.PutAsync(100, cancellation);
        await worker.DeliveredAsync(ledger, stream.Numbers, WaitTimeout, cancellation);
        var started = TimeProvider.System.GetTimestamp();
        await worker.StopAsync().WaitAsync(WaitTimeout, cancellation);
        var took = TimeProvider.System.GetElapsedTime(started);
        Assert.True(took < UsualStop, $"The stop took {took}.");
        Assert.All(await worker.LeasesAsync(cancellation), l => Assert.Null(l.Owner));
        Assert.Empty(Invariants.Violations(ledger.Read(), stream.Numbers, await stream.ParentsAsync(cancellation)));
        Assert.NotEqual(0, log.Calls);
    }
}
