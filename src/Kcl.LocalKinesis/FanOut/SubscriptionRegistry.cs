namespace Kcl.LocalKinesis.FanOut;

/// <summary>Ensures that a consumer has at most one subscription per shard. All times are in milliseconds since the Unix epoch.</summary>
/// <param name="takeoverDelay">The time after which another subscription may take over, in milliseconds.</param>
internal sealed class SubscriptionRegistry(long takeoverDelay)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<SubscriptionKey, Subscription> _latest = [];

    /// <summary>Returns whether a subscription may begin after an earlier one with the same key. Pure function.</summary>
    /// <param name="earlierStartedAt">The time at which the earlier one began, in milliseconds since the Unix epoch.</param>
    /// <param name="earlierEnd">The kind of its end; <see cref="SubscriptionEnd.None"/> if it has not ended.</param>
    /// <param name="takeoverDelay">The time after which another subscription may take over, in milliseconds.</param>
    /// <param name="now">The current time, in milliseconds since the Unix epoch.</param>
    public static bool CanBegin(long earlierStartedAt, SubscriptionEnd earlierEnd, long takeoverDelay, long now) =>
        earlierEnd == SubscriptionEnd.Completed || now - earlierStartedAt >= takeoverDelay;

    /// <summary>Begins a subscription, and replaces one that has not ended.</summary>
    /// <returns>The subscription; null if it may not begin yet.</returns>
    public Subscription? TryBegin(SubscriptionKey key, long now)
    {
        Subscription? replaced = null;
        var begun = new Subscription(key, now);
        lock (_lock)
        {
            if (_latest.TryGetValue(key, out var earlier))
            {
                if (!CanBegin(earlier.StartedAt, earlier.End, takeoverDelay, now))
                {
                    begun.Dispose();
                    return null;
                }

                replaced = earlier.End == SubscriptionEnd.None ? earlier : null;
            }

            _latest[key] = begun;
        }

        replaced?.Replace();
        return begun;
    }

    /// <summary>Records how a subscription ended.</summary>
    public void OnEnded(Subscription subscription, SubscriptionEnd end)
    {
        lock (_lock)
        {
            subscription.End = end;
            if (end == SubscriptionEnd.Completed && _latest.GetValueOrDefault(subscription.Key) == subscription)
            {
                _ = _latest.Remove(subscription.Key);
            }
        }
    }
}
