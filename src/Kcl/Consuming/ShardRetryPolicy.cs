using Kcl.Internal;
using Kcl.Leasing;
using Microsoft.Extensions.Logging;

namespace Kcl.Consuming;

/// <summary>
/// Decides what a shard does after a failure: it pauses and tries again, or gives up after too many failures without progress. A stop or
/// the loss of the lease ends this.
/// </summary>
/// <param name="context">The shard.</param>
/// <param name="progress">Counts the failures.</param>
internal sealed class ShardRetryPolicy(ShardContext context, ShardProgress progress)
{
    private readonly IHeldLease _lease = context.Lease;
    private readonly ShardConsumerTokens _tokens = context.Tokens;
    private readonly ILogger _logger = context.Services.Logger;
    private readonly Backoff _backoff = new(
        context.Settings.RetryDelay, context.Settings.MaxRetryDelay, context.Services.Chance, context.Settings.RetryDelay / 2);

    /// <summary>Returns the signal of a lost lease or a requested stop; null if there is neither.</summary>
    /// <remarks>Reads the original tokens, because the tokens linked to them are canceled slightly later.</remarks>
    public ShardConsumerSignal? GetInterruption() =>
        _lease.Lost.IsCancellationRequested || !_lease.IsHeld ? ShardConsumerSignal.LeaseLost
        : _tokens.Stop.IsCancellationRequested || _tokens.Abort.IsCancellationRequested ? ShardConsumerSignal.StopRequested
        : null;

    /// <summary>Repeats an action of the coordination until it succeeds or something else must happen.</summary>
    /// <returns>What must happen instead; null if the action succeeded.</returns>
    public async ValueTask<ShardConsumerSignal?> RetryUntilDoneAsync(
        string doing, Func<CancellationToken, ValueTask> act, CancellationToken cancellationToken)
    {
        // If this action succeeds, the number of the processor's failures is restored, not reset.
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
                return GetInterruption();
            }
            catch (LeaseLostException)
            {
                return ShardConsumerSignal.LeaseLost;
            }
            catch (KclException exception) when (exception.IsTransient)
            {
                // The lease is not released, because another owner would use the same store and the same stream.
                _logger.CoordinationFailed(exception, context.ShardId, doing);
                instead = await DelayAsync(doing, ++transient).ConfigureAwait(false);
            }
#pragma warning disable CA1031 // Logged and counted; after too many failures the lease is released.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                _logger.CoordinationFailed(exception, context.ShardId, doing);
                instead = await PauseAsync(doing).ConfigureAwait(false);
            }

            if (instead is not null)
            {
                return instead;
            }
        }
    }

    /// <summary>Pauses after a failure, or gives up after too many failures without progress.</summary>
    /// <returns>What must happen instead of another attempt; null for another attempt.</returns>
    public async ValueTask<ShardConsumerSignal?> PauseAsync(string doing)
    {
        progress.Failures++;
        if (GetInterruption() is { } interruption)
        {
            return interruption;
        }

        if (progress.Failures >= context.Settings.MaxFailuresBeforeRelease)
        {
            context.Metrics.GaveUp();
            _logger.ConsumerGaveUp(context.ShardId, progress.Failures, _lease.Current.Checkpoint);
            return ShardConsumerSignal.GaveUp;
        }

        return await DelayAsync(doing, progress.Failures).ConfigureAwait(false);
    }

    private async ValueTask<ShardConsumerSignal?> DelayAsync(string doing, int failures)
    {
        var pause = _backoff.After(failures);
        _logger.ConsumerFailed(context.ShardId, failures, doing, pause);
        await Task.Delay(pause, context.Services.Time, _tokens.Halted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return GetInterruption();
    }
}
