namespace Kcl.Daemon.Children.Relay;

/// <summary>An action that a child is asked to perform.</summary>
/// <param name="Action">The name of the action in the protocol.</param>
/// <param name="Checkpointer">Stores the checkpoints that the child requests during the action; null if it may not checkpoint.</param>
/// <param name="Timeout">The maximum time to wait for each message of the child; null for no limit.</param>
internal readonly record struct ChildCall(string Action, ICheckpointer? Checkpointer, TimeSpan? Timeout);
