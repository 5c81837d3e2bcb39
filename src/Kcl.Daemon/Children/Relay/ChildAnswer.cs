namespace Kcl.Daemon.Children.Relay;

/// <summary>What a status of a child means for the action in progress.</summary>
internal enum ChildAnswer
{
    /// <summary>It answers the action.</summary>
    Answer,

    /// <summary>It belongs to an earlier moment and must be ignored.</summary>
    Stale,

    /// <summary>It answers another action: the child no longer follows the protocol.</summary>
    Wrong,
}
