using System.Collections.Concurrent;

namespace Kcl.Integration.Tests.Daemon;

/// <summary>Records the checkpoints, and refuses those that a test selects.</summary>
internal sealed class RecordingCheckpointer : ICheckpointer
{
    public ConcurrentQueue<string> Stored { get; } = [];

    public Func<string, Exception?> Refuse { get; init; } = _ => null;

    public ValueTask CheckpointAsync(CancellationToken cancellationToken = default) => Store("everything");

    public ValueTask CheckpointAsync(KinesisRecord record, CancellationToken cancellationToken = default) =>
        Store(record.Position.ToString());

    public ValueTask CheckpointAsync(
        SequenceNumber sequenceNumber,
        long subSequenceNumber = 0,
        CancellationToken cancellationToken = default) => Store(new ExtendedSequenceNumber(sequenceNumber, subSequenceNumber).ToString());

    public ValueTask<IPreparedCheckpoint> PrepareCheckpointAsync(
        ExtendedSequenceNumber? position = null,
        ReadOnlyMemory<byte> applicationState = default,
        CancellationToken cancellationToken = default) =>
        throw new InvalidCheckpointException("not here");

    private ValueTask Store(string position)
    {
        if (Refuse(position) is { } exception)
        {
            throw exception;
        }

        Stored.Enqueue(position);
        return ValueTask.CompletedTask;
    }
}
