using Kcl.Daemon;
using Kcl.Kinesis;
using Kcl.Leases.Sqlite;

namespace Kcl.EndToEnd;

/// <summary>The costs of one pass over the whole load in this process.</summary>
internal readonly record struct Result(TimeSpan Elapsed, TimeSpan Cpu, long Allocated);

/// <summary>A way to consume the load. Each pass is a separate application.</summary>
internal abstract class Pass
{
    public abstract string Name { get; }

    public async Task<Result> RunAsync(Uri endpoint, Load load)
    {
        var folder = Directory.CreateTempSubdirectory("kcl-bench-").FullName;
        try
        {
            var start = TimeProvider.System.GetTimestamp();
            var (cpu, allocated) = (Environment.CpuUsage.TotalTime, GC.GetTotalAllocatedBytes());
            var result = default(Result);
            await ConsumeAsync(
                endpoint,
                folder,
                load.Records,
                () => result = new(
                    TimeProvider.System.GetElapsedTime(start),
                    Environment.CpuUsage.TotalTime - cpu,
                    GC.GetTotalAllocatedBytes() - allocated));
            return result;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Consumes, calls <paramref name="done"/> when every record was delivered, and stops.</summary>
    protected abstract Task ConsumeAsync(Uri endpoint, string folder, long records, Action done);

    protected static string Named(RetrievalMode mode) => mode == RetrievalMode.FanOut ? "fan-out" : "polling";

    protected static async Task UntilAsync(Task running, Func<bool> condition)
    {
        while (!condition() && !running.IsCompleted)
        {
            await Task.WhenAny(running, Task.Delay(10));
        }
    }
}

/// <summary>Consumes with the daemon and its children.</summary>
internal sealed class DaemonPass(RetrievalMode mode) : Pass
{
    public override string Name => $"into children, {Named(mode)}";

    protected override async Task ConsumeAsync(Uri endpoint, string folder, long records, Action done)
    {
        var properties = Path.Combine(folder, "bench.properties");
        await File.WriteAllTextAsync(properties, $"""
            executableName = {string.Join(' ', ServerProcess.Self("child"))}
            streamName = {Load.Stream}
            applicationName = bench
            regionName = us-east-1
            kinesisEndpoint = {endpoint}
            leaseStore = sqlite:{Path.Combine(folder, "leases.db")}
            initialPositionInStream = TRIM_HORIZON
            retrievalMode = {(mode == RetrievalMode.FanOut ? "FANOUT" : "POLLING")}

            """);
        using var stop = new CancellationTokenSource();
        await using var daemon = await MultiLangDaemon.CreateAsync(
            DaemonConfiguration.Load(new() { PropertiesFile = properties }),
            new() { Random = NoJitter.Instance },
            stop.Token);
        var running = daemon.RunAsync(stop.Token);
        await UntilAsync(running, () => daemon.Status.Shards.Sum(shard => shard.Child.Answered) >= records);
        done();
        await stop.CancelAsync();
        await running;
    }
}

/// <summary>Consumes with a consumer in this process.</summary>
internal sealed class InProcessPass(RetrievalMode mode) : Pass, IShardRecordProcessorFactory
{
    private long _delivered;

    public override string Name => $"in-process, {Named(mode)}";

    public IShardRecordProcessor Create(ShardId shardId) => new IdleProcessor(count => Interlocked.Add(ref _delivered, count));

    protected override async Task ConsumeAsync(Uri endpoint, string folder, long records, Action done)
    {
        _delivered = 0;
        using var stop = new CancellationTokenSource();
        await using var kinesis = new KinesisClient(KinesisClientOptions.ForLocalServer(endpoint));
        await using var leases = new SqliteLeaseStore(Path.Combine(folder, "leases.db"), "bench");
        await using var consumer = new KinesisConsumer(
            new()
            {
                ApplicationName = "bench",
                Stream = { Identifier = Load.Stream, InitialPosition = InitialPosition.TrimHorizon },
                RetrievalMode = mode,
                ReuseRecordBuffers = true,
            },
            new() { KinesisClient = kinesis, LeaseStore = leases, ProcessorFactory = this, Random = NoJitter.Instance });
        var running = consumer.RunAsync(stop.Token);
        await UntilAsync(running, () => Interlocked.Read(ref _delivered) >= records);
        done();
        await stop.CancelAsync();
        await running;
    }
}
