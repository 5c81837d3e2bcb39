namespace Kcl.LocalKinesis.FanOut;

/// <summary>Specifies how a subscription ended.</summary>
internal enum SubscriptionEnd
{
    /// <summary>The subscription has not ended.</summary>
    None,

    /// <summary>The client disconnected: it cannot subscribe again before the takeover delay has passed.</summary>
    Disconnected,

    /// <summary>The server ended it, for any reason: it does not delay another subscription.</summary>
    Completed,
}
