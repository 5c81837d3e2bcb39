using Kcl.Diagnostics;
using Kcl.Internal;
using Microsoft.Extensions.Logging;

namespace Kcl.Processing;

/// <summary>Calls one processor instance, one call at a time. No other type calls user code.</summary>
/// <param name="factory">Creates the instance.</param>
/// <param name="shardId">The shard of the instance.</param>
/// <param name="warnAfter">The duration of a call after which a warning is logged; null for no warning.</param>
/// <param name="time">The clock.</param>
/// <param name="metrics">The metrics of the shard.</param>
/// <param name="logger">Logs slow and failed calls.</param>
internal sealed class ProcessorInvoker(
    IShardRecordProcessorFactory factory, ShardId shardId, TimeSpan? warnAfter, TimeProvider time, ShardMetrics metrics, ILogger logger)
    : IAsyncDisposable
{
    private IShardRecordProcessor? _processor;

    /// <summary>
    /// Gets a value indicating whether <see cref="InitializeAsync"/> has completed. No other method of the processor is called before.
    /// </summary>
    public bool IsInitialized { get; private set; }

    /// <summary>Gets a token that is canceled when the instance reports that it can no longer be used.</summary>
    /// <remarks>
    /// A decorator can hide the interface. Nothing is lost then: the next call of the instance throws, and the shard resumes at its last
    /// checkpoint with another instance. That instance is only created later, because a shard without new records makes no call.
    /// </remarks>
    public CancellationToken Unusable => (_processor as IMonitoredProcessor)?.Unusable ?? CancellationToken.None;

    public async ValueTask<ProcessorCall> InitializeAsync(InitializationInput input, CancellationToken cancellationToken)
    {
        var call = await CallAsync(
            nameof(IShardRecordProcessor.InitializeAsync),
            (factory, shardId, input),
            static (state, invoker, token) =>
                (invoker._processor ??= state.factory.Create(state.shardId)).InitializeAsync(state.input, token),
            cancellationToken).ConfigureAwait(false);
        IsInitialized = call.IsCompleted;
        return call;
    }

    public ValueTask<ProcessorCall> ProcessRecordsAsync(ProcessRecordsInput input, CancellationToken cancellationToken) => CallAsync(
        nameof(IShardRecordProcessor.ProcessRecordsAsync),
        input,
        static (input, invoker, token) => invoker._processor!.ProcessRecordsAsync(input, token),
        cancellationToken);

    public ValueTask<ProcessorCall> ShardEndedAsync(ShardEndedInput input, CancellationToken cancellationToken) => CallAsync(
        nameof(IShardRecordProcessor.ShardEndedAsync),
        input,
        static (input, invoker, token) => invoker._processor!.ShardEndedAsync(input, token),
        cancellationToken);

    public ValueTask<ProcessorCall> ShutdownRequestedAsync(ShutdownRequestedInput input, CancellationToken cancellationToken) => CallAsync(
        nameof(IShardRecordProcessor.ShutdownRequestedAsync),
        input,
        static (input, invoker, token) => invoker._processor!.ShutdownRequestedAsync(input, token),
        cancellationToken);

    public ValueTask<ProcessorCall> LeaseLostAsync(LeaseLostInput input, CancellationToken cancellationToken) => CallAsync(
        nameof(IShardRecordProcessor.LeaseLostAsync),
        input,
        static (input, invoker, token) => invoker._processor!.LeaseLostAsync(input, token),
        cancellationToken);

    /// <summary>Disposes the instance if it is disposable. Exceptions are logged and not rethrown.</summary>
    public async ValueTask DisposeAsync()
    {
        var processor = _processor;
        _processor = null;
        IsInitialized = false;
        if (processor is IAsyncDisposable or IDisposable)
        {
            await CallAsync(
                nameof(IAsyncDisposable.DisposeAsync),
                processor,
                static (processor, _, _) => Disposal.DisposeIfDisposableAsync(processor),
                CancellationToken.None).ConfigureAwait(false);
        }
    }

    private async ValueTask<ProcessorCall> CallAsync<T>(
        string method, T input, Func<T, ProcessorInvoker, CancellationToken, ValueTask> call, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        try
        {
            var running = call(input, this, cancellationToken);
            if (warnAfter is { } interval && !running.IsCompleted)
            {
                await WarnWhileRunningAsync(running, method, started, interval).ConfigureAwait(false);
            }
            else
            {
                await running.ConfigureAwait(false);
            }

            return new(ProcessorCallStatus.Completed, time.GetElapsedTime(started), null);
        }
        catch (Exception exception)
            when (exception is LeaseLostException || (exception is OperationCanceledException && cancellationToken.IsCancellationRequested))
        {
            // A checkpoint may detect the loss of the lease slightly before the token is canceled.
            return new(ProcessorCallStatus.Cancelled, time.GetElapsedTime(started), null);
        }
#pragma warning disable CA1031 // An exception of user code becomes a value; the caller decides what happens.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            metrics.ProcessorFailed(method);
            logger.ProcessorThrew(exception, shardId, method);
            var status = exception is ProcessorUnusableException ? ProcessorCallStatus.Unusable : ProcessorCallStatus.Failed;
            return new(status, time.GetElapsedTime(started), exception);
        }
    }

    private async ValueTask WarnWhileRunningAsync(ValueTask running, string method, long started, TimeSpan interval)
    {
        var timer = time.CreateTimer(_ => logger.ProcessorIsSlow(shardId, method, time.GetElapsedTime(started)), null, interval, interval);
        await using (timer.ConfigureAwait(false))
        {
            await running.ConfigureAwait(false);
        }
    }
}
