using System.Globalization;
using System.Text;
using Kcl;

namespace LedgerChild;

/// <summary>Records its calls. It catches no exceptions, because the library must handle those that a lost lease causes.</summary>
internal sealed class LedgerProcessor(Ledger ledger, int checkpointEvery) : IShardRecordProcessor
{
    private string _shard = "-";
    private KinesisRecord? _last;
    private int _unsaved;

    public ValueTask InitializeAsync(InitializationInput input, CancellationToken cancellationToken)
    {
        _shard = input.ShardId.Value;
        ledger.Note("Started", _shard, input.Position.ToCheckpointText(), input.Position.SubSequenceNumber);
        return ValueTask.CompletedTask;
    }

    public async ValueTask ProcessRecordsAsync(ProcessRecordsInput input, CancellationToken cancellationToken)
    {
        foreach (var record in input.Records)
        {
            var number = long.Parse(Encoding.ASCII.GetString(record.Data.Span), CultureInfo.InvariantCulture);
            ledger.Note("Delivered", _shard, record.SequenceNumber.ToString(), record.SubSequenceNumber, number);
            _last = record;
            if (++_unsaved >= checkpointEvery)
            {
                await CheckpointAsync(input.Checkpointer, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    public async ValueTask ShardEndedAsync(ShardEndedInput input, CancellationToken cancellationToken)
    {
        ledger.Note("ShardEnding", _shard);
        await input.Checkpointer.CheckpointAsync(cancellationToken).ConfigureAwait(false);
        ledger.Note("ShardEnded", _shard);
    }

    public async ValueTask ShutdownRequestedAsync(ShutdownRequestedInput input, CancellationToken cancellationToken)
    {
        ledger.Note("ShutdownRequested", _shard);
        if (_last is not null)
        {
            await CheckpointAsync(input.Checkpointer, cancellationToken).ConfigureAwait(false);
        }
    }

    public ValueTask LeaseLostAsync(LeaseLostInput input, CancellationToken cancellationToken)
    {
        ledger.Note("LeaseLost", _shard);
        return ValueTask.CompletedTask;
    }

    private async ValueTask CheckpointAsync(ICheckpointer checkpointer, CancellationToken cancellationToken)
    {
        await checkpointer.CheckpointAsync(_last!, cancellationToken).ConfigureAwait(false);
        ledger.Note("Checkpointed", _shard, _last!.SequenceNumber.ToString(), _last.SubSequenceNumber);
        _unsaved = 0;
    }
}
