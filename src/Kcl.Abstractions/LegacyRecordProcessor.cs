namespace Kcl;

/// <summary>Why an <see cref="ILegacyRecordProcessor"/> is shut down.</summary>
public enum ShutdownReason
{
    /// <summary>The shard was consumed to its end: checkpoint, so that its children may start.</summary>
    Terminate,

    /// <summary>The lease is gone: another worker processes the shard, and nothing can be stored for it any more.</summary>
    Zombie,
}

/// <summary>The older shape of a processor, with one <c>Shutdown</c> instead of the calls that tell its reasons apart. Host it with <see cref="LegacyRecordProcessorAdapter"/>.</summary>
public interface ILegacyRecordProcessor
{
    /// <summary>As <see cref="IShardRecordProcessor.InitializeAsync"/>.</summary>
    /// <param name="input">Which shard, and where it resumes.</param>
    /// <param name="cancellationToken">Cancelled when the lease is lost or the worker stops.</param>
    ValueTask InitializeAsync(InitializationInput input, CancellationToken cancellationToken);

    /// <summary>As <see cref="IShardRecordProcessor.ProcessRecordsAsync"/>.</summary>
    /// <param name="input">The records, the lag and the checkpointer.</param>
    /// <param name="cancellationToken">Cancelled when the lease is lost or the worker stops.</param>
    ValueTask ProcessRecordsAsync(ProcessRecordsInput input, CancellationToken cancellationToken);

    /// <summary>Called when the shard is over for this processor. With <see cref="ShutdownReason.Terminate"/> it is to checkpoint.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="checkpointer">Completes the shard; null with <see cref="ShutdownReason.Zombie"/>.</param>
    /// <param name="cancellationToken">Cancelled when the worker's patience has run out.</param>
    ValueTask ShutdownAsync(ShutdownReason reason, ICheckpointer? checkpointer, CancellationToken cancellationToken);
}

/// <summary>Hosts a processor of the older shape: a lost lease is <see cref="ShutdownReason.Zombie"/>, a shard's end <see cref="ShutdownReason.Terminate"/>; a requested stop, which the older shape does not know, is not passed on.</summary>
/// <param name="processor">The processor; disposed with the adapter if it can be.</param>
public sealed class LegacyRecordProcessorAdapter(ILegacyRecordProcessor processor) : IShardRecordProcessor, IAsyncDisposable
{
    /// <inheritdoc />
    public ValueTask InitializeAsync(InitializationInput input, CancellationToken cancellationToken) => processor.InitializeAsync(input, cancellationToken);

    /// <inheritdoc />
    public ValueTask ProcessRecordsAsync(ProcessRecordsInput input, CancellationToken cancellationToken) => processor.ProcessRecordsAsync(input, cancellationToken);

    /// <inheritdoc />
    public ValueTask LeaseLostAsync(LeaseLostInput input, CancellationToken cancellationToken) => processor.ShutdownAsync(ShutdownReason.Zombie, null, cancellationToken);

    /// <inheritdoc />
    public ValueTask ShardEndedAsync(ShardEndedInput input, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(input);
        return processor.ShutdownAsync(ShutdownReason.Terminate, input.Checkpointer, cancellationToken);
    }

    /// <inheritdoc />
    public ValueTask ShutdownRequestedAsync(ShutdownRequestedInput input, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        switch (processor)
        {
            case IAsyncDisposable asyncDisposable:
                await asyncDisposable.DisposeAsync().ConfigureAwait(false);
                break;
            case IDisposable disposable:
                disposable.Dispose();
                break;
        }
    }
}
