using System.Collections.Concurrent;
using Kcl.Consuming;
using Kcl.Leasing;

namespace Kcl.Coordination;

/// <summary>Makes the consumer of a shard whose lease is held.</summary>
internal delegate IShardConsumer ShardConsumerFactory(IHeldLease lease, IShardCoordination coordination);

/// <summary>Runs one consumer for each held lease and sees it to its end, each by itself: nothing that happens in one shard stops another.</summary>
/// <param name="context">The leases.</param>
/// <param name="factory">Makes the consumers.</param>
/// <param name="coordination">What the consumers ask for.</param>
/// <param name="ended">Called when a shard is over here, before its lease may be taken again.</param>
/// <param name="lookAgain">Called when it may.</param>
internal sealed class ShardRunner(LeasingServices context, ShardConsumerFactory factory, IShardCoordination coordination, Action<RunningShard, ShardConsumerOutcome> ended, Action lookAgain)
{
    private readonly ConcurrentDictionary<LeaseKey, RunningShard> _running = [];

    /// <summary>The shards that run here, in the order of their keys.</summary>
    public IReadOnlyList<RunningShard> Running => [.. _running.Values.OrderBy(r => r.Lease.Key)];

    /// <summary>The leases held.</summary>
    public IReadOnlyDictionary<LeaseKey, HeldLease> Held => _running.ToDictionary(r => r.Key, r => r.Value.Lease);

    /// <summary>Starts a shard.</summary>
    public void Begin(HeldLease lease)
    {
        lease.Start();
        var running = new RunningShard(lease);
        _running[lease.Key] = running;
        running.Ending = RunAsync(running);
    }

    /// <summary>Asks every shard to stop, and sees them all end.</summary>
    /// <param name="grace">How long processors may take.</param>
    /// <param name="last">How long they may take when their tokens are cancelled.</param>
    public async Task StopAsync(TimeSpan grace, TimeSpan last)
    {
        foreach (var shard in Running)
        {
            shard.Consumer?.RequestStop();
        }

        if (!await EndedWithinAsync(grace).ConfigureAwait(false))
        {
            CoordinationLog.StopGraceOver(context.Logger, Names(), grace);
            foreach (var shard in Running)
            {
                shard.Consumer?.Abort();
            }

            if (!await EndedWithinAsync(last).ConfigureAwait(false))
            {
                CoordinationLog.StopAbandons(context.Logger, Names());
                await Task.WhenAll(Running.Select(r => ReleaseAsync(r.Lease))).ConfigureAwait(false);
            }
        }
    }

    private async Task<bool> EndedWithinAsync(TimeSpan limit)
    {
        var all = Task.WhenAll(Running.Select(r => r.Ending));
        await all.WaitAsync(limit, context.Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return all.IsCompleted;
    }

    private string Names() => string.Join(", ", Running.Select(r => r.Lease.Current.ShardId));

    private async Task RunAsync(RunningShard shard)
    {
        var outcome = ShardConsumerOutcome.GaveUp;
        Exception? failure = null;
        try
        {
            var consumer = factory(shard.Lease, coordination);
            await using (consumer.ConfigureAwait(false))
            {
                shard.Consumer = consumer;
                consumer.Start();
                outcome = await consumer.Completion.ConfigureAwait(false);
            }
        }
#pragma warning disable CA1031 // One shard is one fault domain: whatever went wrong there is told, and ends there.
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
                ended(shard, outcome);
            }
            finally
            {
                // Whatever was thrown: a lease that is listed as held here is never taken again.
                _running.TryRemove(shard.Lease.Key, out _);
                lookAgain();
            }
        }

        if (failure is not null)
        {
            CoordinationLog.ShardConsumerFailed(context.Logger, failure, shard.Lease.Current.ShardId);
        }
    }

    private async Task ReleaseAsync(HeldLease lease)
    {
        using var patience = new CancellationTokenSource(context.Timing.FailoverTime / 2, context.Time);
        try
        {
            if (await lease.ReleaseAsync(patience.Token).ConfigureAwait(false))
            {
                LeasingLog.Released(context.Logger, lease.Key, lease.Current.Checkpoint);
            }
        }
        catch (Exception exception) when (exception is KclException or OperationCanceledException)
        {
            LeasingLog.NotReleased(context.Logger, exception, lease.Key, context.Timing.FailoverTime);
        }
    }
}

/// <summary>A shard that runs here.</summary>
internal sealed class RunningShard(HeldLease lease)
{
    public HeldLease Lease { get; } = lease;

    /// <summary>Its consumer; null for the moment until it is made.</summary>
    public IShardConsumer? Consumer { get; set; }

    /// <summary>Completes when the shard is over here and its lease given back.</summary>
    public Task Ending { get; set; } = Task.CompletedTask;
}
