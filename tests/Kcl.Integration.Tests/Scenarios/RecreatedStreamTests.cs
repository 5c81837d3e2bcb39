using Kcl.Integration.Tests.Ledger;
using Kcl.Integration.Tests.Servers;
using Kcl.Integration.Tests.Streams;
using Kcl.Integration.Tests.Workers;

namespace Kcl.Integration.Tests.Scenarios;

/// <summary>
/// Tests that after a stream was re-created under the same name, every record of the current stream is delivered, for all
/// states of the leases of the earlier stream.
/// </summary>
public sealed class RecreatedStreamTests(ServerPark park)
{
    [Theory]
    [InlineData(ServerKind.Embedded)]
    [InlineData(ServerKind.KinesisLocal)]
    [InlineData(ServerKind.Kinesalite)]
    public async Task While_the_worker_is_stopped_and_some_shards_were_never_checkpointed(ServerKind server)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var scene = await Scene.StartAsync(park, server, shards: 8, cancellation);
        var first = scene.Fleet.Start(new());
        await scene.StartedAsync(8);

        // With three records, at least five shards have no checkpoint.
        await scene.Stream.PutAsync(3, cancellation);
        await scene.Fleet.DeliveredAsync(scene.Stream.Numbers, cancellation);
        await scene.Fleet.StopAsync(first, cancellation);

        await scene.RecreateAsync(8);
        await scene.Stream.PutAsync(200, cancellation);
        var second = scene.Fleet.Start(new());
        await scene.FinishAsync(second);
    }

    [Theory]
    [InlineData(4, 2)]
    [InlineData(2, 2)]
    [InlineData(2, 4)]
    public async Task While_two_workers_run(int before, int after)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var scene = await Scene.StartAsync(park, ServerKind.Embedded, before, cancellation);
        DaemonWorker[] workers = [scene.Fleet.Start(new() { Name = "w1" }), scene.Fleet.Start(new() { Name = "w2" })];
        await scene.StartedAsync(before);
        await scene.Stream.PutAsync(100, cancellation);
        await scene.Fleet.DeliveredAsync(scene.Stream.Numbers, cancellation);

        await scene.RecreateAsync(after);
        await scene.Stream.PutAsync(120, cancellation);
        await scene.FinishAsync(workers);
    }

    [Theory]
    [InlineData("TRIM_HORIZON", false)]
    [InlineData("TRIM_HORIZON", true)]
    [InlineData("LATEST", false)]
    [InlineData("LATEST", true)]
    public async Task With_one_shard_after_the_former_one_was_split(string initialPosition, bool cleansUp)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var options = new DaemonWorkerOptions { InitialPosition = initialPosition, CleansUp = cleansUp };
        await using var scene = await Scene.StartAsync(park, ServerKind.Embedded, shards: 1, cancellation);
        var first = scene.Fleet.Start(options);
        await scene.StartedAsync(1);
        await scene.Stream.DoubleAsync(cancellation);
        await scene.StartedAsync(3);
        await scene.Stream.PutAsync(60, cancellation);
        await scene.Fleet.DeliveredAsync(scene.Stream.Numbers, cancellation);
        await scene.Fleet.StopAsync(first, cancellation);

        await scene.RecreateAsync(1);
        await scene.Stream.PutAsync(60, cancellation);
        var second = scene.Fleet.Start(options);
        await scene.FinishAsync(second);
    }

    /// <summary>A stream and a fleet. Knows which numbers and ledger lines belong to the current stream.</summary>
    private sealed class Scene : IAsyncDisposable
    {
        private readonly CancellationToken _cancellation;
        private int _numbers;
        private int _events;

        private Scene(TestStream stream, CancellationToken cancellation) =>
            (Stream, Fleet, _cancellation) = (stream, new(stream), cancellation);

        public TestStream Stream { get; }

        public Fleet Fleet { get; }

        public static async Task<Scene> StartAsync(ServerPark park, ServerKind server, int shards, CancellationToken cancellation) =>
            new(await TestStream.CreateAsync(park, server, shards, cancellation), cancellation);

        public Task StartedAsync(int shards) =>
            Fleet.UntilAsync(
                $"{shards} shards started",
                events => events.Where(e => e.Kind == LedgerEventKind.Started).Select(e => e.Shard).Distinct().Count() == shards,
                _cancellation);

        public async Task RecreateAsync(int shards)
        {
            (_numbers, _events) = (Stream.Numbers.Count, Fleet.Ledger.Read().Count);
            await Stream.RecreateAsync(shards, _cancellation);
        }

        /// <summary>Puts more numbers into the current stream, and checks that all are delivered in order.</summary>
        public async Task FinishAsync(params IEnumerable<DaemonWorker> workers)
        {
            await Fleet.DeliveredAsync([.. Stream.Numbers.Skip(_numbers)], _cancellation);
            await Stream.PutAsync(100, _cancellation);
            await Fleet.DeliveredAsync([.. Stream.Numbers.Skip(_numbers)], _cancellation);
            foreach (var worker in workers)
            {
                await Fleet.StopAsync(worker, _cancellation);
            }

            // All numbers were delivered. The order and the checkpoints remain to be checked.
            var violations = Invariants.Violations(OfThePresentStream(), [], await Stream.ParentsAsync(_cancellation));
            Assert.True(violations.Count == 0, string.Join('\n', violations) + "\n" + Fleet.Describe());
        }

        /// <summary>
        /// Returns the ledger without the records of the earlier stream, which workers may still deliver and checkpoint while the stream is
        /// being replaced, and without the deliveries of a worker that has lost its lease. It detects the loss at its next renewal. Until
        /// then it may deliver, but not checkpoint, records that the next owner delivers too. So the events of a processor count after its
        /// first accepted checkpoint, until the next processor is started.
        /// </summary>
        private List<LedgerEvent> OfThePresentStream()
        {
            var events = Fleet.Ledger.Read();
            var numbers = Stream.Numbers.Take(_numbers).ToHashSet();
            var former = events.Where(e => e.Kind == LedgerEventKind.Delivered && numbers.Contains(e.Number))
                .Select(e => (e.Shard, e.Position))
                .ToHashSet();
            var owners = events.Where(e => e.Kind == LedgerEventKind.Checkpointed).Select(e => e.Processor).ToHashSet();
            var processors = new Dictionary<ShardId, int>();
            var present = new List<LedgerEvent>();
            foreach (var (index, e) in events.Index().Where(entry => owners.Contains(entry.Item.Processor)))
            {
                if (e.Kind == LedgerEventKind.Started)
                {
                    processors[e.Shard] = e.Processor;
                    present.Add(e);
                }
                else if (index >= _events
                    && !former.Contains((e.Shard, e.Position))
                    && (e.Kind != LedgerEventKind.Delivered || processors[e.Shard] == e.Processor))
                {
                    present.Add(e);
                }
            }

            return present;
        }

        public async ValueTask DisposeAsync()
        {
            await Fleet.DisposeAsync();
            await Stream.DisposeAsync();
        }
    }
}
