using Kcl.Internal;
using Kcl.Leasing;

namespace Kcl.Coordination.Assignment;

/// <summary>
/// Lets child shards wait for their parents. Shards that this worker finishes, and listings of the table, wake them immediately; otherwise
/// the parent's row is read from time to time.
/// </summary>
/// <param name="services">The services of the coordination.</param>
/// <param name="keys">The keys of the stream's leases.</param>
/// <param name="maxPollInterval">The longest time between two reads of a parent's row.</param>
internal sealed class ParentShardTracker(CoordinationServices services, StreamLeaseKeys keys, TimeSpan maxPollInterval)
{
    private static readonly TimeSpan FirstPoll = TimeSpan.FromMilliseconds(250);
    private readonly Lock _gate = new();
    private readonly Dictionary<LeaseKey, TaskCompletionSource> _waiting = [];
    private readonly LogThrottle _readFailureLogThrottle = new(services.Time);

    /// <summary>Wakes the children of a shard whose lease is now at <c>SHARD_END</c>.</summary>
    public void OnFinished(LeaseKey parent)
    {
        TaskCompletionSource? finished;
        lock (_gate)
        {
            if (!_waiting.Remove(parent, out finished))
            {
                return;
            }
        }

        finished.TrySetResult();
    }

    /// <summary>Wakes the children of shards that a listing of the table shows as finished, or no longer contains.</summary>
    public void OnObserved(IReadOnlyList<Lease> leases)
    {
        List<LeaseKey> awaited;
        lock (_gate)
        {
            if (_waiting.Count == 0)
            {
                return;
            }

            awaited = [.. _waiting.Keys];
        }

        var unfinished = leases.Where(l => !l.Checkpoint.IsShardEnd).Select(l => l.Key).ToHashSet();
        foreach (var parent in awaited.Where(p => !unfinished.Contains(p)))
        {
            OnFinished(parent);
        }
    }

    /// <summary>
    /// Completes when every parent's row, as read consistently, is at <c>SHARD_END</c> or does not exist. A row of an earlier stream of the
    /// same name does not count as finished: its lease will be restarted or removed.
    /// </summary>
    public async ValueTask WhenFinishedAsync(Lease lease, CancellationToken cancellationToken)
    {
        var isLogged = false;
        foreach (var parent in lease.ParentShardIds.Select(keys.For))
        {
            for (var poll = FirstPoll; ; poll = Durations.Min(poll * 2, maxPollInterval))
            {
                // The wait begins before the row is read, so that a change between the two is not missed.
                var finished = WhenWokenAsync(parent);
                if (await IsFinishedAsync(parent, lease, cancellationToken).ConfigureAwait(false))
                {
                    break;
                }

                if (!isLogged)
                {
                    isLogged = true;
                    CoordinationLog.WaitingForParents(services.Logger, lease.ShardId, string.Join(", ", lease.ParentShardIds));
                }

                await finished.WaitAsync(poll, services.Time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                cancellationToken.ThrowIfCancellationRequested();
            }
        }

        // If the lease was restarted during the wait, these were the parents of a shard that no longer exists. The next renewal detects
        // that the lease is lost, and cancels the token.
        if (isLogged && await IsRestartedAsync(lease, cancellationToken).ConfigureAwait(false))
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, services.Time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask<bool> IsRestartedAsync(Lease lease, CancellationToken cancellationToken) =>
        await services.Store.GetAsync(lease.Key, cancellationToken).ConfigureAwait(false) is { } row
            && LeaseAnnotations.IsOfEarlierStream(lease, row);

    private async ValueTask<bool> IsFinishedAsync(LeaseKey parent, Lease child, CancellationToken cancellationToken)
    {
        try
        {
            var row = await services.Store.GetAsync(parent, cancellationToken).ConfigureAwait(false);
            return row is null || (row.Checkpoint.IsShardEnd && !LeaseAnnotations.IsOfEarlierStream(row, child));
        }
        catch (KclException exception) when (exception is { IsTransient: true } or InvalidStateException)
        {
            // A parent whose row cannot be read is not known to be finished: the child continues to wait.
            if (_readFailureLogThrottle.ShouldReport())
            {
                CoordinationLog.ParentLeaseUnreadable(services.Logger, exception, parent);
            }

            return false;
        }
    }

    // All children of a shard share one signal, which is removed when they are woken.
    private Task WhenWokenAsync(LeaseKey parent)
    {
        lock (_gate)
        {
            if (!_waiting.TryGetValue(parent, out var finished))
            {
                _waiting[parent] = finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            return finished.Task;
        }
    }
}
