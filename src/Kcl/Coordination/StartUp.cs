using Kcl.Internal;
using Kcl.Kinesis;
using Kcl.Leasing;

namespace Kcl.Coordination;

/// <summary>What must be there before a worker takes its first lease.</summary>
internal sealed class StartUp(LeaseContext context, IKinesisClient kinesis, ShardSync sync, FleetPosture posture, KinesisConsumerOptions options, Func<CancellationToken, Task> prepareRetrieval)
{
    private static readonly TimeSpan BetweenWarnings = TimeSpan.FromMinutes(1);

    // Workers that start together on an empty table look again after a moment of their own: mostly one of them then has made the leases.
    private static readonly TimeSpan LongestHold = TimeSpan.FromMilliseconds(200);
    private readonly Backoff _backoff = new(TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(10), context.Random, TimeSpan.FromMilliseconds(50));

    /// <summary>Prepares table and leases; returns when there is something to take, or as good as.</summary>
    /// <exception cref="KclException">Something is missing that no retry brings.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll(
            RetryAsync("preparing the lease store", async token => await context.Store.InitializeAsync(token).ConfigureAwait(false), cancellationToken),
            RetryAsync($"looking at stream {options.Stream}", AwaitStreamAsync, cancellationToken)).ConfigureAwait(false);
        await RetryAsync("preparing retrieval", prepareRetrieval, cancellationToken).ConfigureAwait(false);
        await RetryAsync("creating the first leases", CreateFirstLeasesAsync, cancellationToken).ConfigureAwait(false);
    }

    private async Task AwaitStreamAsync(CancellationToken cancellationToken)
    {
        var told = false;
        for (var looks = 1; ; looks++)
        {
            StreamDescriptionSummary summary;
            try
            {
                summary = await kinesis.DescribeStreamSummaryAsync(options.Stream, cancellationToken).ConfigureAwait(false);
            }
            catch (KinesisException exception) when (exception.Code == KinesisErrorCode.ResourceNotFound)
            {
                throw new InvalidStateException($"Stream {options.Stream} does not exist. Create it, or check its name, the region, the endpoint and whose credentials are used. {exception.Message}", exception);
            }

            switch (summary.Status)
            {
                case StreamStatus.Active or StreamStatus.Updating:
                    return;
                case StreamStatus.Deleting:
                    throw new InvalidStateException($"Stream {options.Stream} is being deleted. Create it again when that is done, or check its name, the region and the endpoint.");
                default:
                    if (!told)
                    {
                        told = true;
                        CoordinationLog.StreamIsBeingCreated(context.Logger, options.Stream);
                    }

                    await Task.Delay(Backoff.Compute(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(3), default, looks, 1), context.Time, cancellationToken).ConfigureAwait(false);
                    break;
            }
        }
    }

    private async Task CreateFirstLeasesAsync(CancellationToken cancellationToken)
    {
        var leases = await context.Store.ListAsync(cancellationToken).ConfigureAwait(false);
        if (leases.Count > 0 || !await posture.MayTakeAsync(leases, cancellationToken).ConfigureAwait(false))
        {
            return;
        }

        await Task.Delay(LongestHold * context.NextDouble(), context.Time, cancellationToken).ConfigureAwait(false);
        if ((await context.Store.ListAsync(cancellationToken).ConfigureAwait(false)).Count == 0)
        {
            await sync.StartAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task RetryAsync(string step, Func<CancellationToken, Task> action, CancellationToken cancellationToken)
    {
        var told = new RepeatGuard(BetweenWarnings, context.Time);
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
