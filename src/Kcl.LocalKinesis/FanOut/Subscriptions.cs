namespace Kcl.LocalKinesis.FanOut;

/// <summary>What a subscription is for; of one such there is one at a time.</summary>
internal readonly record struct SubscriptionKey(long Generation, string Consumer, long ConsumerCreatedAt, int ShardIndex);

/// <summary>How a subscription ended.</summary>
internal enum SubscriptionEnd
{
    /// <summary>It is still there.</summary>
    None,

    /// <summary>The client left: it may not come back before the delay is over.</summary>
    Left,

    /// <summary>The server ended it, because its time was over or the shard was: the client may subscribe again at once.</summary>
    Completed,
}

/// <summary>One subscription, from its start until another one takes its place.</summary>
internal sealed class Subscription(SubscriptionKey key, long startedAt) : IDisposable
{
    private readonly CancellationTokenSource _replaced = new();

    public SubscriptionKey Key => key;

    public long StartedAt => startedAt;

    public SubscriptionEnd End { get; set; }

    /// <summary>Cancelled when another subscription takes over.</summary>
    public CancellationToken Replaced => _replaced.Token;

    public void Replace()
    {
        try
        {
            _replaced.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It ended by itself just now.
        }
    }

    public void Dispose() => _replaced.Dispose();
}

/// <summary>Sees to it that a consumer has one subscription per shard.</summary>
internal sealed class Subscriptions(long takeoverDelay)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<SubscriptionKey, Subscription> _latest = [];

    /// <summary>Whether a subscription may begin after an earlier one for the same consumer and shard. Pure.</summary>
    /// <param name="earlierStartedAt">When the earlier one began.</param>
    /// <param name="earlierEnd">How it ended.</param>
    /// <param name="takeoverDelay">How long it has the shard to itself, in milliseconds.</param>
    /// <param name="now">The time, in milliseconds.</param>
    public static bool MayBegin(long earlierStartedAt, SubscriptionEnd earlierEnd, long takeoverDelay, long now) =>
        earlierEnd == SubscriptionEnd.Completed || now - earlierStartedAt >= takeoverDelay;

    /// <summary>Begins a subscription; one that is still there is told to go.</summary>
    /// <returns>Null if it may not begin yet.</returns>
    public Subscription? TryBegin(SubscriptionKey key, long now)
    {
        Subscription? replaced = null;
        var begun = new Subscription(key, now);
        lock (_lock)
        {
            if (_latest.TryGetValue(key, out var earlier))
            {
                if (!MayBegin(earlier.StartedAt, earlier.End, takeoverDelay, now))
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

    /// <summary>Notes how a subscription ended.</summary>
    public void Ended(Subscription subscription, SubscriptionEnd end)
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
