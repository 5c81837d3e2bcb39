using Kcl.Checkpointing;
using Kcl.Retrieval;

namespace Kcl.Processing;

/// <summary>One processor instance with what belongs to it alone: its checkpointer, and the records read for it. A replaced processor leaves nothing behind for its successor.</summary>
internal sealed class ProcessorSession(ProcessorInvoker processor, ShardCheckpointer checkpointer, IRecordSource source, TimeProvider time) : IAsyncDisposable
{
    // A call that does not even heed its cancellation must not keep the lease of its shard from being released.
    private static readonly TimeSpan PatienceWithSource = TimeSpan.FromSeconds(10);

    public ProcessorInvoker Processor { get; } = processor;

    public ShardCheckpointer Checkpointer { get; } = checkpointer;

    public IRecordSource Source { get; private set; } = source;

    /// <summary>Goes on with records read by another source. What the old one fetched is dropped.</summary>
    public async ValueTask ReplaceSourceAsync(IRecordSource source)
    {
        var old = Source;
        Source = source;
        await LetGoAsync(old).ConfigureAwait(false);
    }

    /// <summary>Drops what was fetched and lets the processor go.</summary>
    public async ValueTask DisposeAsync()
    {
        Checkpointer.Close("its processor was closed");
        await LetGoAsync(Source).ConfigureAwait(false);
        await Processor.DisposeAsync().ConfigureAwait(false);
    }

    private async ValueTask LetGoAsync(IRecordSource old)
    {
        var disposal = old.DisposeAsync();
        if (!disposal.IsCompletedSuccessfully)
        {
            await disposal.AsTask().WaitAsync(PatienceWithSource, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
