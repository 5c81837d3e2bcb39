using Kcl.Checkpointing;
using Kcl.Retrieval;

namespace Kcl.Processing;

/// <summary>One processor instance with what belongs to it alone: its checkpointer, and the records read for it. A replaced processor leaves nothing behind for its successor.</summary>
internal sealed class ProcessorSession(ProcessorInvoker processor, ShardCheckpointer checkpointer, IRecordSource source) : IAsyncDisposable
{
    public ProcessorInvoker Processor { get; } = processor;

    public ShardCheckpointer Checkpointer { get; } = checkpointer;

    public IRecordSource Source { get; } = source;

    /// <summary>Drops what was fetched and lets the processor go.</summary>
    public async ValueTask DisposeAsync()
    {
        Checkpointer.Close("its processor was closed");
        await Source.DisposeAsync().ConfigureAwait(false);
        await Processor.DisposeAsync().ConfigureAwait(false);
    }
}
