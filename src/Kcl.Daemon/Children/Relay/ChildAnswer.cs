namespace Kcl.Daemon.Children.Relay;

/// <summary>The result of matching the status of a child with the action in progress.</summary>
internal enum ChildAnswer
{
    /// <summary>The status answers the action.</summary>
    Answer,

    /// <summary>The child sent the status before the action, or repeats its previous answer. It is ignored.</summary>
    Stale,

    /// <summary>The status answers another action: the child does not follow the protocol.</summary>
    Wrong,
}
