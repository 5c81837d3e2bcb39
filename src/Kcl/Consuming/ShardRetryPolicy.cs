using Kcl.Diagnostics;
using Kcl.Internal;
using Kcl.Leasing;
using Microsoft.Extensions.Logging;

namespace Kcl.Consuming;

/// <summary>What a shard does about failures: rest, try again, and give up when there is no progress; unless something else is to happen first.</summary>
/// <param name="lease">The shard's lease.</param>
/// <param name="options">The consumer's frozen options.</param>
/// <param name="services">What the consumer stands on.</param>
/// <param name="progress">Counts the failures in a row.</param>
/// <param name="metrics">The shard's.</param>
/// <param name="logger">Where failures are reported.</param>
/// <param name="signals">What may end the shard's life from outside.</param>
internal sealed class ShardRetryPolicy(
    IHeldLease lease,
    KinesisConsumerOptions options,
    KinesisConsumerServices services,
    ShardProgress progress,
    ShardMetrics metrics,
    ILogger logger,
    ShardLifeSignals signals)
{
    private readonly ShardId _shardId = lease.Current.ShardId;
    private readonly Backoff _backoff = new(options.ProcessorRetryDelay, options.MaxProcessorRetryDelay, services.Random, options.ProcessorRetryDelay / 2);

    /// <summary>What must happen now, whatever is going on.</summary>
    /// <remarks>The sources are asked, not the tokens linked to them, which follow a moment later.</remarks>
    public ShardConsumerSignal? Interruption() =>
        lease.Lost.IsCancellationRequested || !lease.IsHeld ? ShardConsumerSignal.LeaseLost
        : signals.Stop.IsCancellationRequested || signals.Abort.IsCancellationRequested ? ShardConsumerSignal.StopRequested
        : null;

    /// <summary>Does what the store or the stream may refuse for a while, until it is done or something else is to happen.</summary>
    public async ValueTask<ShardConsumerSignal?> PersistAsync(string doing, Func<CancellationToken, ValueTask> act, CancellationToken cancellationToken)
    {
        // The processor's failures are not forgiven for a success of ours.
        var failuresBefore = progress.Failures;
        for (var transient = 0; ;)
        {
            ShardConsumerSignal? instead;
            try
            {
                await act(cancellationToken).ConfigureAwait(false);
                progress.Failures = failuresBefore;
                return null;
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return Interruption();
            }
            catch (LeaseLostException)
            {
                return ShardConsumerSignal.LeaseLost;
            }
            catch (KclException exception) when (exception.IsTransient)
            {
                // Whoever else had the lease would meet the same store and the same stream: no reason to give it up.
                logger.CoordinationFailed(exception, _shardId, doing);
                instead = await RestAsync(doing, ++transient).ConfigureAwait(false);
            }
#pragma warning disable CA1031 // Logged, paced and counted; after too many the lease is released.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                logger.CoordinationFailed(exception, _shardId, doing);
                instead = await PauseAsync(doing).ConfigureAwait(false);
            }

            if (instead is not null)
            {
                return instead;
            }
        }
    }

    /// <summary>Rests after a failure, or gives up after too many without progress.</summary>
    /// <returns>What is to happen instead of another try; null for another try.</returns>
    public async ValueTask<ShardConsumerSignal?> PauseAsync(string doing)
    {
        progress.Failures++;
        if (Interruption() is { } interruption)
        {
            return interruption;
        }

        if (progress.Failures >= options.MaxFailuresBeforeRelease)
        {
            metrics.GaveUp();
            logger.ConsumerGaveUp(_shardId, progress.Failures, lease.Current.Checkpoint);
            return ShardConsumerSignal.GaveUp;
        }

        return await RestAsync(doing, progress.Failures).ConfigureAwait(false);
    }

    private async ValueTask<ShardConsumerSignal?> RestAsync(string doing, int failures)
    {
        var pause = _backoff.After(failures);
        logger.ConsumerFailed(_shardId, failures, doing, pause);
        await Task.Delay(pause, services.TimeProvider, signals.Halted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return Interruption();
    }
}
