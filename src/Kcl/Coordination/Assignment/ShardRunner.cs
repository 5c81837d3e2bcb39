using System.Collections.Concurrent;
using Kcl.Consuming;
using Kcl.Leasing;
using Kcl.Leasing.Holding;

namespace Kcl.Coordination.Assignment;

/// <summary>
/// Runs one consumer for each held lease, and releases the lease when the consumer ends. A failure in one shard does not affect another.
/// </summary>
/// <param name="services">The services of the coordination.</param>
/// <param name="consumers">Creates the consumers.</param>
/// <param name="coordination">Passed to the consumers.</param>
/// <param name="onEnded">Called when a consumer has ended, before its lease can be taken again.</param>
/// <param name="requestTaking">Called when the lease can be taken again.</param>
internal sealed class ShardRunner(
    CoordinationServices services,
    ShardConsumerFactory consumers,
    IShardCoordination coordination,
    Action<RunningShard, ShardConsumerOutcome> onEnded,
    Action requestTaking)
{
    private readonly ConcurrentDictionary<LeaseKey, RunningShard> _running = [];

    /// <summary>Gets the shards that run on this worker, ordered by key.</summary>
    public IReadOnlyList<RunningShard> Running => [.. _running.Values.OrderBy(r => r.Lease.Key)];

    /// <summary>Gets the held leases.</summary>
    public IReadOnlyDictionary<LeaseKey, HeldLease> Held => _running.ToDictionary(r => r.Key, r => r.Value.Lease);

    /// <summary>Starts a shard.</summary>
    public void Begin(HeldLease lease)
    {
        lease.Start();
        var running = new RunningShard(lease);
        _running[lease.Key] = running;
        running.Ending = RunAsync(running);
    }

    /// <summary>Stops every shard, and waits until they have ended.</summary>
    /// <param name="timeout">How long the processors may take before their tokens are canceled.</param>
    /// <param name="abortTimeout">How long they may take after their tokens were canceled.</param>
    public async Task StopAsync(TimeSpan timeout, TimeSpan abortTimeout)
    {
        foreach (var shard in Running)
        {
            shard.Consumer?.RequestStop();
        }

        if (await WaitUntilEndedAsync(timeout).ConfigureAwait(false))
        {
            return;
        }

        CoordinationLog.StopGraceOver(services.Logger, JoinShardIds(), timeout);
        foreach (var shard in Running)
        {
            shard.Consumer?.Abort();
        }

        if (!await WaitUntilEndedAsync(abortTimeout).ConfigureAwait(false))
        {
            CoordinationLog.StopAbandons(services.Logger, JoinShardIds());
            await Task.WhenAll(Running.Select(r => ReleaseAsync(r.Lease))).ConfigureAwait(false);
        }
    }

    private async Task<bool> WaitUntilEndedAsync(TimeSpan timeout)
    {
        var all = Task.WhenAll(Running.Select(r => r.Ending));
        await all.WaitAsync(timeout, services.Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return all.IsCompleted;
    }

    private string JoinShardIds() => string.Join(", ", Running.Select(r => r.Lease.Current.ShardId));

    private async Task RunAsync(RunningShard shard)
    {
        var outcome = ShardConsumerOutcome.GaveUp;
        Exception? failure = null;
        try
        {
            var consumer = consumers(shard.Lease, coordination);
            await using (consumer.ConfigureAwait(false))
            {
                shard.Consumer = consumer;
                consumer.Start();
                outcome = await consumer.Completion.ConfigureAwait(false);
            }
        }
#pragma warning disable CA1031 // A failure is logged, and stays within its shard.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            failure = exception;
        }

        try
        {
            if (outcome != ShardConsumerOutcome.LeaseLost)
            {
                await ReleaseAsync(shard.Lease).ConfigureAwait(false);
            }
        }
        finally
        {
            await shard.Lease.DisposeAsync().ConfigureAwait(false);
            try
            {
                onEnded(shard, outcome);
            }
            finally
            {
                // Also after a failure, because a lease that is listed as held here is never taken again.
                _running.TryRemove(shard.Lease.Key, out _);
                requestTaking();
            }
        }

        if (failure is not null)
        {
            CoordinationLog.ShardConsumerFailed(services.Logger, failure, shard.Lease.Current.ShardId);
        }
    }

    private async Task ReleaseAsync(HeldLease lease)
    {
        using var timeout = new CancellationTokenSource(services.Timing.ReleaseTimeout, services.Time);
        try
        {
            if (await lease.ReleaseAsync(timeout.Token).ConfigureAwait(false))
            {
                LeasingLog.Released(services.Leasing.Logger, lease.Key, lease.Current.Checkpoint);
            }
        }
        catch (Exception exception) when (exception is KclException or OperationCanceledException)
        {
            LeasingLog.NotReleased(services.Leasing.Logger, exception, lease.Key, services.Timing.FailoverTime);
        }
    }
}
