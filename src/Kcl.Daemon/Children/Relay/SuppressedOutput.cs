namespace Kcl.Daemon.Children.Relay;

/// <summary>Output of a child that was not logged.</summary>
/// <param name="Lines">The number of lines.</param>
/// <param name="Bytes">The number of bytes.</param>
internal readonly record struct SuppressedOutput(long Lines, long Bytes);
