namespace Kcl.Daemon.Children.Launching;

/// <summary>A running child process with its three streams.</summary>
internal interface IChildProcess : IAsyncDisposable
{
    /// <summary>Gets the process id, which is also the id of its process group on systems with process groups.</summary>
    int Id { get; }

    /// <summary>Gets the child's stdin. Closing it asks the child to exit.</summary>
    Stream Input { get; }

    /// <summary>Gets the child's stdout.</summary>
    Stream Output { get; }

    /// <summary>Gets the child's stderr.</summary>
    Stream Error { get; }

    /// <summary>Gets a task that completes when the child has ended. It never faults.</summary>
    Task<ChildExit> Exited { get; }

    /// <summary>Asks the child and the processes it started to end.</summary>
    void Terminate();

    /// <summary>Ends the child and the processes it started.</summary>
    void Kill();
}
