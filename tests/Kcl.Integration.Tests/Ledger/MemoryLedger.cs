using System.Globalization;
using System.Text;

namespace Kcl.Integration.Tests.Ledger;

/// <summary>Records the events of processors in this process, and creates those processors.</summary>
/// <param name="checkpointEvery">The number of records between two checkpoints of a processor.</param>
internal sealed class MemoryLedger(int checkpointEvery) : IShardRecordProcessorFactory
{
    private readonly List<LedgerEvent> _events = [];
    private int _processors;

    public IReadOnlyList<LedgerEvent> Read()
    {
        lock (_events)
        {
            return [.. _events];
        }
    }

    public IShardRecordProcessor Create(ShardId shardId) => new Processor(this, Interlocked.Increment(ref _processors), checkpointEvery);

    private void Add(LedgerEventKind kind, ShardId shard, int processor, ExtendedSequenceNumber? position = null, long number = -1)
    {
        lock (_events)
        {
            _events.Add(new(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(), kind, shard, processor, position, number));
        }
    }

    private sealed class Processor(MemoryLedger ledger, int id, int checkpointEvery) : IShardRecordProcessor
    {
        private ShardId _shard;
        private ExtendedSequenceNumber? _last;
        private int _unsaved;

        public ValueTask InitializeAsync(InitializationInput input, CancellationToken cancellationToken)
        {
            _shard = input.ShardId;
            ledger.Add(LedgerEventKind.Started, _shard, id, input.Position);
            return default;
        }

        public async ValueTask ProcessRecordsAsync(ProcessRecordsInput input, CancellationToken cancellationToken)
        {
            foreach (var record in input.Records)
            {
                _last = record.Position;
                ledger.Add(
                    LedgerEventKind.Delivered,
                    _shard,
                    id,
                    _last,
                    long.Parse(Encoding.ASCII.GetString(record.Data.Span), CultureInfo.InvariantCulture));
                if (++_unsaved >= checkpointEvery)
                {
                    await input.Checkpointer.CheckpointAsync(record, cancellationToken);
                    ledger.Add(LedgerEventKind.Checkpointed, _shard, id, _last);
                    _unsaved = 0;
                }
            }
        }

        public ValueTask LeaseLostAsync(LeaseLostInput input, CancellationToken cancellationToken)
        {
            ledger.Add(LedgerEventKind.LeaseLost, _shard, id);
            return default;
        }

        public async ValueTask ShardEndedAsync(ShardEndedInput input, CancellationToken cancellationToken)
        {
            ledger.Add(LedgerEventKind.ShardEnding, _shard, id);
            await input.Checkpointer.CheckpointAsync(cancellationToken);
            ledger.Add(LedgerEventKind.ShardEnded, _shard, id);
        }

        public async ValueTask ShutdownRequestedAsync(ShutdownRequestedInput input, CancellationToken cancellationToken)
        {
            ledger.Add(LedgerEventKind.ShutdownRequested, _shard, id);
            if (_last is { } last)
            {
                await input.Checkpointer.CheckpointAsync(cancellationToken);
                ledger.Add(LedgerEventKind.Checkpointed, _shard, id, last);
            }
        }
    }
}
