namespace Kcl.LocalKinesis.FanOut;

/// <summary>A subscription, from its start until it ends or is replaced.</summary>
/// <param name="key">The key.</param>
/// <param name="startedAt">The time at which it began, in milliseconds since the Unix epoch.</param>
internal sealed class Subscription(SubscriptionKey key, long startedAt) : IDisposable
{
    private readonly CancellationTokenSource _replaced = new();

    public SubscriptionKey Key => key;

    public long StartedAt => startedAt;

    public SubscriptionEnd End { get; set; }

    /// <summary>Gets a token that is canceled when another subscription takes over.</summary>
    public CancellationToken Replaced => _replaced.Token;

    public void Replace()
    {
        try
        {
            _replaced.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The subscription ended at the same time.
        }
    }

    public void Dispose() => _replaced.Dispose();
}
