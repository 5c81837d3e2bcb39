using Kcl.Checkpointing;
using Kcl.Processing;
using Kcl.Retrieval;

namespace Kcl.Consuming;

/// <summary>
/// One processor instance, with its own checkpointer and its own record source. A replaced processor shares nothing with its successor.
/// </summary>
/// <param name="processor">The processor.</param>
/// <param name="checkpointer">The checkpointer of the processor.</param>
/// <param name="source">The records.</param>
/// <param name="time">The clock.</param>
internal sealed class ProcessorSession(ProcessorInvoker processor, ShardCheckpointer checkpointer, IRecordSource source, TimeProvider time)
    : IAsyncDisposable
{
    // A call that ignores its cancellation must not prevent the release of the shard's lease.
    private static readonly TimeSpan SourceDisposalTimeout = TimeSpan.FromSeconds(10);

    public ProcessorInvoker Processor { get; } = processor;

    public ShardCheckpointer Checkpointer { get; } = checkpointer;

    public IRecordSource Source { get; private set; } = source;

    /// <summary>Gets or sets the last position delivered to the processor; null if nothing was delivered yet.</summary>
    public ExtendedSequenceNumber? Delivered { get; set; }

    /// <summary>Continues with the records of another source. Records that the previous source fetched are dropped.</summary>
    public async ValueTask ReplaceSourceAsync(IRecordSource source)
    {
        var former = Source;
        Source = source;
        await DisposeSourceAsync(former).ConfigureAwait(false);
    }

    /// <summary>Drops fetched records and disposes the processor.</summary>
    public async ValueTask DisposeAsync()
    {
        Checkpointer.Close("its processor was closed");
        await DisposeSourceAsync(Source).ConfigureAwait(false);
        await Processor.DisposeAsync().ConfigureAwait(false);
    }

    private async ValueTask DisposeSourceAsync(IRecordSource source)
    {
        var disposal = source.DisposeAsync();
        if (!disposal.IsCompletedSuccessfully)
        {
            await disposal.AsTask().WaitAsync(SourceDisposalTimeout, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
