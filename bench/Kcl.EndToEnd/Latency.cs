using System.Buffers.Binary;
using System.Globalization;
using Kcl.Kinesis;
using Kcl.Leases.Sqlite;

namespace Kcl.EndToEnd;

/// <summary>
/// Measures the time from the call that puts a record until the processor receives it, with a consumer that has no backlog. Records are put
/// at random intervals of 0 to 600 ms.
/// </summary>
internal static class Latency
{
    private const int Shards = 4;

    public static async Task RunAsync(int records)
    {
        await using var server = await ServerProcess.StartAsync();
        await new Load(Shards, RecordsPerShard: 0, Size: 0).PutAsync(server.Endpoint);
        foreach (var (name, mode, idle) in ((string, RetrievalMode, int)[])[
            ("polling, idle 1000 ms", RetrievalMode.Polling, 1000),
            ("polling, idle 200 ms", RetrievalMode.Polling, 200),
            ("fan-out", RetrievalMode.FanOut, 1000),
        ])
        {
            var took = await MeasureAsync(server.Endpoint, mode, TimeSpan.FromMilliseconds(idle), records);
            Array.Sort(took);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{name,-24} p50 {took[took.Length / 2],6:F0} ms   p99 {took[took.Length * 99 / 100],6:F0} ms   ({took.Length} records)"));
        }
    }

    private static async Task<double[]> MeasureAsync(Uri endpoint, RetrievalMode mode, TimeSpan idle, int records)
    {
        var folder = Directory.CreateTempSubdirectory("kcl-bench-").FullName;
        var random = new Random(20260101);
        var arrivals = new Arrivals(records);
        using var stop = new CancellationTokenSource();
        await using var kinesis = new KinesisClient(KinesisClientOptions.ForLocalServer(endpoint));
        await using var leases = new SqliteLeaseStore(Path.Combine(folder, "leases.db"), "bench");
        await using var consumer = new KinesisConsumer(
            new()
            {
                ApplicationName = "bench",
                Stream = { Identifier = Load.Stream, InitialPosition = InitialPosition.TrimHorizon },
                RetrievalMode = mode,
                IdleTimeBetweenReads = idle,
            },
            new() { KinesisClient = kinesis, LeaseStore = leases, ProcessorFactory = arrivals, Random = new Random(1) });
        var running = consumer.RunAsync(stop.Token);
        while (consumer.Shards.Count(shard => shard.MillisBehindLatest == 0) < Shards && !running.IsCompleted)
        {
            await Task.Delay(20);
        }

        arrivals.Begin();
        for (var i = 0; i < records; i++)
        {
            await Task.Delay(random.Next(600));
            var data = new byte[sizeof(long)];
            BinaryPrimitives.WriteInt64LittleEndian(data, TimeProvider.System.GetTimestamp());
            await kinesis.PutRecordAsync(
                Load.Stream,
                new(data, string.Create(CultureInfo.InvariantCulture, $"key-{i}")),
                CancellationToken.None);
        }

        var took = await arrivals.All.WaitAsync(TimeSpan.FromSeconds(30));
        await stop.CancelAsync();
        await running;
        Directory.Delete(folder, recursive: true);
        return took;
    }

    /// <summary>Records when each record reaches its processor. Records of an earlier measurement are ignored.</summary>
    private sealed class Arrivals(int expected) : IShardRecordProcessorFactory
    {
        private readonly List<double> _took = new(expected);
        private readonly TaskCompletionSource<double[]> _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private long _since = long.MaxValue;

        public Task<double[]> All => _all.Task;

        public void Begin() => Volatile.Write(ref _since, TimeProvider.System.GetTimestamp());

        public IShardRecordProcessor Create(ShardId shardId) => new Processor(this);

        private void Arrived(KinesisRecord record)
        {
            var put = BinaryPrimitives.ReadInt64LittleEndian(record.Data.Span);
            if (put < Volatile.Read(ref _since))
            {
                return;
            }

            lock (_took)
            {
                _took.Add(TimeProvider.System.GetElapsedTime(put).TotalMilliseconds);
                if (_took.Count == expected)
                {
                    _all.TrySetResult([.. _took]);
                }
            }
        }

        private sealed class Processor(Arrivals arrivals) : ShardRecordProcessor
        {
            public override ValueTask ProcessRecordsAsync(ProcessRecordsInput input, CancellationToken cancellationToken)
            {
                foreach (var record in input.Records)
                {
                    arrivals.Arrived(record);
                }

                return ValueTask.CompletedTask;
            }
        }
    }
}
