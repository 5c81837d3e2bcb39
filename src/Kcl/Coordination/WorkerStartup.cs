using Kcl.Coordination.Assignment;
using Kcl.Coordination.ShardSync;
using Kcl.Internal;

namespace Kcl.Coordination;

/// <summary>Prepares everything that a worker needs before it takes its first lease.</summary>
/// <param name="services">The services of the coordination.</param>
/// <param name="stream">The stream.</param>
/// <param name="maintenance">Checks the leases.</param>
/// <param name="firstLeases">Creates the first leases.</param>
/// <param name="gate">Decides whether this worker may write leases.</param>
/// <param name="prepareRetrieval">Prepares the retrieval.</param>
internal sealed class WorkerStartup(
    CoordinationServices services,
    StreamMonitor stream,
    LeaseMaintenance maintenance,
    FirstLeaseCreator firstLeases,
    LeaseTakingGate gate,
    PrepareRetrieval prepareRetrieval)
{
    private readonly Backoff _backoff =
        new(TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(10), services.Chance, TimeSpan.FromMilliseconds(50));

    /// <summary>
    /// Prepares the lease store, the stream and the retrieval, and creates the first leases. Transient failures are retried.
    /// </summary>
    /// <exception cref="KclException">Something is missing or belongs to another stream, and a retry would not help.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await PrepareStoreAndStreamAsync(cancellationToken).ConfigureAwait(false);

        // Checked before anything is registered or written, because the leases may belong to another stream.
        await RetryAsync("checking the leases", CheckLeasesAsync, cancellationToken).ConfigureAwait(false);
        await RetryAsync("preparing retrieval", PrepareRetrievalAsync, cancellationToken).ConfigureAwait(false);
        await RetryAsync("creating the first leases", firstLeases.RunAsync, cancellationToken).ConfigureAwait(false);
    }

    private async Task PrepareStoreAndStreamAsync(CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var store = RetryAsync("preparing the lease store", InitializeStoreAsync, stop.Token);
        var described = RetryAsync($"describing stream {stream.Stream}", stream.WaitUntilActiveAsync, stop.Token);
        var first = await Task.WhenAny(store, described).ConfigureAwait(false);
        if (!first.IsCompletedSuccessfully)
        {
            // Otherwise, the other step could retry forever, and the failure would never be thrown.
            await stop.CancelAsync().ConfigureAwait(false);
        }

        // The failure of the step that ended first is the one that is thrown.
        await Task.WhenAll(first, store, described).ConfigureAwait(false);
    }

    private Task InitializeStoreAsync(CancellationToken cancellationToken) => services.Store.InitializeAsync(cancellationToken).AsTask();

    private Task PrepareRetrievalAsync(CancellationToken cancellationToken)
    {
        var (summary, requestedAt) = stream.Snapshot!;
        return prepareRetrieval(summary, requestedAt, cancellationToken);
    }

    private async Task CheckLeasesAsync(CancellationToken cancellationToken)
    {
        var leases = stream.Keys.Select(await services.Store.ListAsync(cancellationToken).ConfigureAwait(false));
        var mayWrite = leases is { Count: > 0, OtherStreams.Count: 0 }
            && await gate.MayTakeAsync(leases, cancellationToken).ConfigureAwait(false);
        await maintenance.CheckAsync(leases, mayWrite, cancellationToken).ConfigureAwait(false);
    }

    private async Task RetryAsync(string step, Func<CancellationToken, Task> action, CancellationToken cancellationToken)
    {
        var failureLogThrottle = new LogThrottle(services.Time);
        for (var failures = 1; ; failures++)
        {
            try
            {
                await action(cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (KclException exception) when (exception.IsTransient)
            {
                if (failureLogThrottle.ShouldReport())
                {
                    CoordinationLog.StartUpWaits(services.Logger, exception, step, failures);
                }
            }

            await Task.Delay(_backoff.After(failures), services.Time, cancellationToken).ConfigureAwait(false);
        }
    }
}
