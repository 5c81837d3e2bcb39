namespace Kcl.Daemon.Children.Launching;

/// <summary>Describes how a child ended.</summary>
/// <param name="Code">The exit code; meaningless if <paramref name="Signal"/> is set.</param>
/// <param name="Signal">The signal that ended the child; null if it exited.</param>
internal readonly record struct ChildExit(int Code, int? Signal = null)
{
    /// <summary>Returns a description for messages.</summary>
    public override string ToString() => Signal is { } signal ? $"signal {signal}" : $"exit code {Code}";
}
