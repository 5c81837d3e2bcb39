using Kcl.Internal;
using Kcl.Leasing;

namespace Kcl.Coordination;

/// <summary>What must be there before a worker takes its first lease.</summary>
internal sealed class WorkerStartup(
    LeasingServices context,
    StreamWatch stream,
    LeaseMaintenance upkeep,
    Bootstrap bootstrap,
    LeaseTakingGate posture,
    PrepareRetrieval prepareRetrieval)
{
    private static readonly TimeSpan BetweenWarnings = TimeSpan.FromMinutes(1);
    private readonly Backoff _backoff = new(TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(10), context.Random, TimeSpan.FromMilliseconds(50));

    /// <summary>Prepares table and leases; returns when there is something to take, or as good as.</summary>
    /// <exception cref="KclException">Something is missing, or belongs to another stream, that no retry brings.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll(
            RetryAsync("preparing the lease store", async token => await context.Store.InitializeAsync(token).ConfigureAwait(false), cancellationToken),
            RetryAsync($"looking at stream {stream.Name}", stream.AwaitAsync, cancellationToken)).ConfigureAwait(false);

        // Before anything is registered or written: the leases may belong to another stream.
        await RetryAsync("checking the leases", CheckLeasesAsync, cancellationToken).ConfigureAwait(false);
        await RetryAsync("preparing retrieval", PrepareRetrievalAsync, cancellationToken).ConfigureAwait(false);
        await RetryAsync("creating the first leases", bootstrap.RunAsync, cancellationToken).ConfigureAwait(false);
    }

    private Task PrepareRetrievalAsync(CancellationToken cancellationToken)
    {
        var (summary, asked) = stream.Described!;
        return prepareRetrieval(summary, asked, cancellationToken);
    }

    private async Task CheckLeasesAsync(CancellationToken cancellationToken)
    {
        var leases = stream.Keys.Select(await context.Store.ListAsync(cancellationToken).ConfigureAwait(false));
        var mayWrite = leases is { Count: > 0, OtherStreams.Count: 0 } && await posture.MayTakeAsync(leases, cancellationToken).ConfigureAwait(false);
        await upkeep.CheckAsync(leases, mayWrite, cancellationToken).ConfigureAwait(false);
    }

    private async Task RetryAsync(string step, Func<CancellationToken, Task> action, CancellationToken cancellationToken)
    {
        var told = new LogThrottle(BetweenWarnings, context.Time);
        for (var failures = 1; ; failures++)
        {
            try
            {
                await action(cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (KclException exception) when (exception.IsTransient)
            {
                if (told.ShouldReport())
                {
                    CoordinationLog.StartUpWaits(context.Logger, exception, step, failures);
                }
            }

            await Task.Delay(_backoff.After(failures), context.Time, cancellationToken).ConfigureAwait(false);
        }
    }
}
