using Kcl.Internal;
using Kcl.Leasing;

namespace Kcl.Coordination;

/// <summary>Lets child shards wait for their parents: told at once by this worker's own consumers and by what is read of the table, otherwise by asking for the parent's row.</summary>
internal sealed class ParentShardTracker(LeasingServices context, TimeSpan pollInterval)
{
    private static readonly TimeSpan FirstPoll = TimeSpan.FromMilliseconds(250);
    private readonly Lock _gate = new();
    private readonly Dictionary<ShardId, TaskCompletionSource> _waiting = [];

    /// <summary>A shard's row says <c>SHARD_END</c> now.</summary>
    public void Finished(ShardId shard)
    {
        TaskCompletionSource? news;
        lock (_gate)
        {
            if (!_waiting.Remove(shard, out news))
            {
                return;
            }
        }

        news.TrySetResult();
    }

    /// <summary>A reading of the table: whoever waits for a shard that it shows as finished or no longer shows looks again.</summary>
    public void Seen(IReadOnlyList<Lease> leases)
    {
        List<ShardId> awaited;
        lock (_gate)
        {
            if (_waiting.Count == 0)
            {
                return;
            }

            awaited = [.. _waiting.Keys];
        }

        var unfinished = leases.Where(l => !l.Checkpoint.IsShardEnd).Select(l => l.ShardId).ToHashSet();
        foreach (var shard in awaited.Where(s => !unfinished.Contains(s)))
        {
            Finished(shard);
        }
    }

    /// <summary>Completes when every parent's row says <c>SHARD_END</c> or is gone, as consistently read.</summary>
    public async ValueTask WhenFinishedAsync(Lease lease, CancellationToken cancellationToken)
    {
        if (context.Bugs.HasFlag(PlantedBugs.ChildBeforeParent))
        {
            return;
        }

        var told = false;
        foreach (var parent in lease.ParentShardIds)
        {
            for (var poll = FirstPoll; ; poll = poll * 2 < pollInterval ? poll * 2 : pollInterval)
            {
                // Waiting is armed before looking: news between the two is not missed.
                var news = Await(parent);
                if (await IsFinishedAsync(parent, cancellationToken).ConfigureAwait(false))
                {
                    break;
                }

                if (!told)
                {
                    told = true;
                    CoordinationLog.WaitingForParents(context.Logger, lease.ShardId, string.Join(", ", lease.ParentShardIds));
                }

                await news.WaitAsync(poll, context.Time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
    }

    private async ValueTask<bool> IsFinishedAsync(ShardId parent, CancellationToken cancellationToken)
    {
        try
        {
            return await context.Store.GetAsync(new(parent.Value), cancellationToken).ConfigureAwait(false) is not { } row || row.Checkpoint.IsShardEnd;
        }
        catch (KclException exception) when (exception is { IsTransient: true } or InvalidStateException)
        {
            return false; // not known is not finished; others tell of a store in trouble, and of rows that cannot be read
        }
    }

    // All who wait for one shard share one signal; whoever is the last to be told leaves nothing behind.
    private Task Await(ShardId shard)
    {
        lock (_gate)
        {
            if (!_waiting.TryGetValue(shard, out var news))
            {
                _waiting[shard] = news = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            return news.Task;
        }
    }
}
