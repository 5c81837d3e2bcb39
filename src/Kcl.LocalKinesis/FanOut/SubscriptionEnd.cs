namespace Kcl.LocalKinesis.FanOut;

/// <summary>How a subscription ended.</summary>
internal enum SubscriptionEnd
{
    /// <summary>It has not ended.</summary>
    None,

    /// <summary>The client disconnected: it may not subscribe again before the takeover delay has passed.</summary>
    Left,

    /// <summary>
    /// The server ended it, because its duration had passed or the shard had ended: the client may subscribe again immediately.
    /// </summary>
    Completed,
}
