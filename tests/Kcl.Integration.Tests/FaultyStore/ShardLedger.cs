using System.Collections.Concurrent;

namespace Kcl.Integration.Tests.FaultyStore;

/// <summary>The records that were put, and the events of all processors of all workers, in order.</summary>
internal sealed class ShardLedger
{
    private readonly ConcurrentQueue<ShardEvent> _events = new();
    private readonly ConcurrentDictionary<ShardId, ConcurrentQueue<SequenceNumber>> _put = new();
    private long _clock;

    public long Now => Interlocked.Increment(ref _clock);

    public int PutCount => _put.Values.Sum(static q => q.Count);

    public IEnumerable<ShardEvent> Events => _events;

    public void Put(ShardId shard, SequenceNumber number) => _put.GetOrAdd(shard, static _ => new()).Enqueue(number);

    public void Add(ShardEvent happened) => _events.Enqueue(happened);

    /// <summary>Returns the number of records that were put and have not been delivered.</summary>
    public int Missing()
    {
        var delivered = _events.Where(static e => e.What == ShardEventKind.Delivered)
            .Select(static e => (e.Shard, e.Position.SequenceNumber))
            .ToHashSet();
        return _put.Sum(p => p.Value.Count(n => !delivered.Contains((p.Key, n))));
    }

    /// <summary>Checks the invariants that hold for all faults of the store.</summary>
    public void Verify()
    {
        Assert.Equal(0, Missing());
        foreach (var shard in _events.GroupBy(static e => e.Shard))
        {
            var order = _put[shard.Key]
                .Order()
                .Select(static (number, index) => (number, index))
                .ToDictionary(static n => n.number, static n => n.index);
            var checkpoint = ExtendedSequenceNumber.TrimHorizon;
            var last = new Dictionary<int, int>();
            var starts = new Dictionary<int, long>();
            foreach (var e in shard)
            {
                switch (e.What)
                {
                    case ShardEventKind.Initialized:
                        starts[e.Processor] = e.At;
                        break;
                    case ShardEventKind.Delivered:
                        // A processor receives the records of its shard in order and without a gap. A replay starts with a new processor.
                        var index = order[e.Position.SequenceNumber];
                        Assert.True(
                            !last.TryGetValue(e.Processor, out var before) || index == before + 1,
                            $"{shard.Key}: processor {e.Processor} of {e.Worker} got record {index} after {before}");
                        last[e.Processor] = index;
                        break;
                    case ShardEventKind.Checkpointed:
                        Assert.True(
                            e.Position >= checkpoint,
                            $"{shard.Key}: the checkpoint went back from {checkpoint} to {e.Position} by {e.Worker}");
                        checkpoint = e.Position;
                        var later = starts.Where(s => s.Value < e.StartedAt && s.Value > starts[e.Processor])
                            .Select(static s => s.Key)
                            .ToArray();
                        Assert.True(
                            later.Length == 0,
                            $"{shard.Key}: {e.Worker} (processor {e.Processor}) checkpointed after processor "
                                + $"{string.Join(", ", later)} had started");
                        break;
                }
            }
        }
    }
}

internal enum ShardEventKind { Initialized, Delivered, Checkpointed, LeaseLost, ShutdownRequested }

/// <summary>An event of a processor.</summary>
internal sealed record ShardEvent(
    ShardId Shard,
    string Worker,
    int Processor,
    ShardEventKind What,
    ExtendedSequenceNumber Position,
    long At,
    long StartedAt);

/// <summary>
/// Records all events and checkpoints after every batch. After a transient failure, the next batch checkpoints again.
/// </summary>
internal sealed class LedgerProcessors(ShardLedger ledger, string worker) : IShardRecordProcessorFactory
{
    private static int _processors;

    public IShardRecordProcessor Create(ShardId shardId) => new Processor(ledger, worker, shardId, Interlocked.Increment(ref _processors));

    private sealed class Processor(ShardLedger ledger, string worker, ShardId shard, int number) : ShardRecordProcessor
    {
        public override ValueTask InitializeAsync(InitializationInput input, CancellationToken cancellationToken)
        {
            Add(ShardEventKind.Initialized, input.Position, ledger.Now);
            return ValueTask.CompletedTask;
        }

        public override async ValueTask ProcessRecordsAsync(ProcessRecordsInput input, CancellationToken cancellationToken)
        {
            foreach (var record in input.Records)
            {
                Add(ShardEventKind.Delivered, record.Position, ledger.Now);
            }

            var startedAt = ledger.Now;
            try
            {
                await input.Checkpointer.CheckpointAsync(cancellationToken);
                Add(ShardEventKind.Checkpointed, input.Records[^1].Position, startedAt);
            }
            catch (Exception e) when (e is KclException { IsTransient: true } or LeaseLostException or OperationCanceledException)
            {
                // The next batch or the next owner checkpoints.
            }
        }

        public override ValueTask LeaseLostAsync(LeaseLostInput input, CancellationToken cancellationToken)
        {
            Add(ShardEventKind.LeaseLost, default, ledger.Now);
            return ValueTask.CompletedTask;
        }

        public override async ValueTask ShutdownRequestedAsync(ShutdownRequestedInput input, CancellationToken cancellationToken)
        {
            Add(ShardEventKind.ShutdownRequested, default, ledger.Now);
            try
            {
                await input.Checkpointer.CheckpointAsync(cancellationToken);
            }
            catch (Exception e) when (e is KclException or OperationCanceledException)
            {
                // The store fails, which is what the test does.
            }
        }

        private void Add(ShardEventKind what, ExtendedSequenceNumber position, long startedAt) =>
            ledger.Add(new(shard, worker, number, what, position, ledger.Now, startedAt));
    }
}
