namespace Kcl.Daemon.Children;

/// <summary>A running child: its three streams, its end, and the two ways to bring it about.</summary>
internal interface IChildProcess : IAsyncDisposable
{
    /// <summary>The process id, which is also its group's where the system has groups.</summary>
    int Id { get; }

    /// <summary>The child's stdin. Closing it tells the child to end.</summary>
    Stream Input { get; }

    /// <summary>The child's stdout.</summary>
    Stream Output { get; }

    /// <summary>The child's stderr.</summary>
    Stream Error { get; }

    /// <summary>Completes, and never faults, when the child has ended and was reaped.</summary>
    Task<ChildExit> Exited { get; }

    /// <summary>Asks the child and what it started to end.</summary>
    void Terminate();

    /// <summary>Ends the child and what it started.</summary>
    void Kill();
}

/// <summary>How a child ended.</summary>
/// <param name="Code">Its exit code; meaningless if <paramref name="Signal"/> is set.</param>
/// <param name="Signal">The signal that ended it, if one did.</param>
internal readonly record struct ChildExit(int Code, int? Signal = null)
{
    /// <summary>For messages.</summary>
    public override string ToString() => Signal is { } signal ? $"signal {signal}" : $"exit code {Code}";
}

/// <summary>Starts children.</summary>
internal interface IChildLauncher
{
    /// <summary>Starts one.</summary>
    /// <param name="command">What to run.</param>
    /// <param name="environment">Variables on top of this process's own.</param>
    /// <exception cref="ChildStartException">It could not be started.</exception>
    IChildProcess Start(ChildCommand command, IReadOnlyDictionary<string, string> environment);
}

/// <summary>A program and its arguments.</summary>
/// <param name="Program">As configured: a path, or a name to look up in PATH.</param>
/// <param name="Arguments">The arguments.</param>
/// <param name="WorkingDirectory">Where it runs; null for this process's directory.</param>
internal sealed record ChildCommand(string Program, IReadOnlyList<string> Arguments, string? WorkingDirectory = null);

/// <summary>A child could not be started.</summary>
internal sealed class ChildStartException(string message, Exception? innerException = null) : Exception(message, innerException);
