using Kcl.Internal;
using Kcl.Leasing;
using Microsoft.Extensions.Logging;

namespace Kcl.Consuming;

/// <summary>
/// Decides what a shard does after failures: it pauses, tries again, and gives up when there is no progress, unless it must stop first.
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

    /// <summary>Returns what must happen before anything else; <see langword="null"/> if nothing must.</summary>
    /// <remarks>Reads the original tokens, not the tokens linked to them, which are cancelled a moment later.</remarks>
    public ShardConsumerSignal? Interruption() =>
        _lease.Lost.IsCancellationRequested || !_lease.IsHeld ? ShardConsumerSignal.LeaseLost
        : _tokens.Stop.IsCancellationRequested || _tokens.Abort.IsCancellationRequested ? ShardConsumerSignal.StopRequested
        : null;

    /// <summary>
    /// Repeats an action that the store or the stream may refuse for a while, until it succeeds or something else must happen.
    /// </summary>
    /// <returns>What must happen instead; <see langword="null"/> if the action succeeded.</returns>
    public async ValueTask<ShardConsumerSignal?> PersistAsync(
        string doing, Func<CancellationToken, ValueTask> act, CancellationToken cancellationToken)
    {
        // A success of this action does not reset the count of the processor's failures.
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
                // Another owner of the lease would meet the same store and the same stream, so it is not released.
                _logger.CoordinationFailed(exception, context.ShardId, doing);
                instead = await RestAsync(doing, ++transient).ConfigureAwait(false);
            }
#pragma warning disable CA1031 // Logged, paced and counted; after too many failures the lease is released.
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
    /// <returns>What must happen instead of another try; <see langword="null"/> for another try.</returns>
    public async ValueTask<ShardConsumerSignal?> PauseAsync(string doing)
    {
        progress.Failures++;
        if (Interruption() is { } interruption)
        {
            return interruption;
        }

        if (progress.Failures >= context.Settings.MaxFailuresBeforeRelease)
        {
            context.Metrics.GaveUp();
            _logger.ConsumerGaveUp(context.ShardId, progress.Failures, _lease.Current.Checkpoint);
            return ShardConsumerSignal.GaveUp;
        }

        return await RestAsync(doing, progress.Failures).ConfigureAwait(false);
    }

    private async ValueTask<ShardConsumerSignal?> RestAsync(string doing, int failures)
    {
        var pause = _backoff.After(failures);
        _logger.ConsumerFailed(context.ShardId, failures, doing, pause);
        await Task.Delay(pause, context.Services.Time, _tokens.Halted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return Interruption();
    }
}
