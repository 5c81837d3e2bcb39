namespace Kcl;

/// <summary>
/// Hosts an <see cref="ILegacyRecordProcessor"/>. Reports a lost lease as <see cref="ShutdownReason.Zombie"/> and the end of the shard as
/// <see cref="ShutdownReason.Terminate"/>. A requested stop is not reported, because the older interface has no method for it.
/// </summary>
/// <param name="processor">The processor. It is disposed with the adapter if it is disposable.</param>
public sealed class LegacyRecordProcessorAdapter(ILegacyRecordProcessor processor) : IShardRecordProcessor, IAsyncDisposable
{
    /// <inheritdoc />
    public ValueTask InitializeAsync(InitializationInput input, CancellationToken cancellationToken) =>
        processor.InitializeAsync(input, cancellationToken);

    /// <inheritdoc />
    public ValueTask ProcessRecordsAsync(ProcessRecordsInput input, CancellationToken cancellationToken) =>
        processor.ProcessRecordsAsync(input, cancellationToken);

    /// <inheritdoc />
    public ValueTask LeaseLostAsync(LeaseLostInput input, CancellationToken cancellationToken) =>
        processor.ShutdownAsync(ShutdownReason.Zombie, null, cancellationToken);

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
