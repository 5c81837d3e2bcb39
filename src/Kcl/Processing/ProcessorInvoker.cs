using Kcl.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Kcl.Processing;

/// <summary>The only place where user code is called: one processor instance, one call at a time.</summary>
/// <param name="factory">Makes the instance.</param>
/// <param name="shardId">Its shard.</param>
/// <param name="warnAfter">After how long a call that has not returned is warned about; null for never.</param>
/// <param name="time">The clock.</param>
/// <param name="metrics">The shard's.</param>
/// <param name="logger">Where slow and failed calls are reported.</param>
internal sealed class ProcessorInvoker(IShardRecordProcessorFactory factory, ShardId shardId, TimeSpan? warnAfter, TimeProvider time, ShardMetrics metrics, ILogger logger) : IAsyncDisposable
{
    private IShardRecordProcessor? _processor;

    /// <summary>Whether <see cref="InitializeAsync"/> has completed: before, no other method is called.</summary>
    public bool IsInitialized { get; private set; }

    /// <summary>Cancelled when the instance says that it cannot go on.</summary>
    public CancellationToken Unusable => (_processor as IMonitoredProcessor)?.Unusable ?? CancellationToken.None;

    public async ValueTask<ProcessorCall> InitializeAsync(InitializationInput input, CancellationToken cancellationToken)
    {
        var call = await CallAsync(
            nameof(IShardRecordProcessor.InitializeAsync),
            (factory, shardId, input),
            static (state, invoker, token) => (invoker._processor ??= state.factory.Create(state.shardId)).InitializeAsync(state.input, token),
            cancellationToken).ConfigureAwait(false);
        IsInitialized = call.Completed;
        return call;
    }

    public ValueTask<ProcessorCall> ProcessRecordsAsync(ProcessRecordsInput input, CancellationToken cancellationToken) =>
        CallAsync(nameof(IShardRecordProcessor.ProcessRecordsAsync), input, static (input, invoker, token) => invoker._processor!.ProcessRecordsAsync(input, token), cancellationToken);

    public ValueTask<ProcessorCall> ShardEndedAsync(ShardEndedInput input, CancellationToken cancellationToken) =>
        CallAsync(nameof(IShardRecordProcessor.ShardEndedAsync), input, static (input, invoker, token) => invoker._processor!.ShardEndedAsync(input, token), cancellationToken);

    public ValueTask<ProcessorCall> ShutdownRequestedAsync(ShutdownRequestedInput input, CancellationToken cancellationToken) =>
        CallAsync(nameof(IShardRecordProcessor.ShutdownRequestedAsync), input, static (input, invoker, token) => invoker._processor!.ShutdownRequestedAsync(input, token), cancellationToken);

    public ValueTask<ProcessorCall> LeaseLostAsync(LeaseLostInput input, CancellationToken cancellationToken) =>
        CallAsync(nameof(IShardRecordProcessor.LeaseLostAsync), input, static (input, invoker, token) => invoker._processor!.LeaseLostAsync(input, token), cancellationToken);

    /// <summary>Disposes the instance, if it can be disposed. What that throws is reported and goes no further.</summary>
    public async ValueTask DisposeAsync()
    {
        var processor = _processor;
        (_processor, IsInitialized) = (null, false);
        if (processor is IAsyncDisposable or IDisposable)
        {
            await CallAsync(
                nameof(IAsyncDisposable.DisposeAsync),
                processor,
                static async (processor, _, _) =>
                {
                    if (processor is IAsyncDisposable disposable)
                    {
                        await disposable.DisposeAsync().ConfigureAwait(false);
                    }
                    else
                    {
                        ((IDisposable)processor).Dispose();
                    }
                },
                CancellationToken.None).ConfigureAwait(false);
        }
    }

    private async ValueTask<ProcessorCall> CallAsync<T>(string method, T input, Func<T, ProcessorInvoker, CancellationToken, ValueTask> call, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        try
        {
            var running = call(input, this, cancellationToken);
            if (warnAfter is { } patience && !running.IsCompleted)
            {
                await WarnWhileAsync(running, method, started, patience).ConfigureAwait(false);
            }
            else
            {
                await running.ConfigureAwait(false);
            }

            return new(ProcessorCallStatus.Completed, time.GetElapsedTime(started), null);
        }
        catch (Exception exception) when (exception is LeaseLostException || (exception is OperationCanceledException && cancellationToken.IsCancellationRequested))
        {
            // A checkpoint may learn that the lease is lost a moment before the token says so.
            return new(ProcessorCallStatus.Cancelled, time.GetElapsedTime(started), null);
        }
#pragma warning disable CA1031 // User code: whatever it throws is its caller's to decide about, as a value.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            metrics.ProcessorFailed(method);
            logger.ProcessorThrew(exception, shardId, method);
            var status = exception is ProcessorUnusableException ? ProcessorCallStatus.Unusable : ProcessorCallStatus.Failed;
            return new(status, time.GetElapsedTime(started), exception);
        }
    }

    private async ValueTask WarnWhileAsync(ValueTask running, string method, long started, TimeSpan patience)
    {
        var timer = time.CreateTimer(_ => logger.ProcessorIsSlow(shardId, method, time.GetElapsedTime(started)), null, patience, patience);
        await using (timer.ConfigureAwait(false))
        {
            await running.ConfigureAwait(false);
        }
    }
}
