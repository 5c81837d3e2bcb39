using System.IO.Pipes;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Kcl.Daemon.Children.Launching;

/// <summary>
/// A child in its own session and process group. Ctrl-C in the daemon's terminal does not reach it, and a signal to the group also reaches
/// the processes that the child started.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class PosixChildProcess : IChildProcess
{
    public PosixChildProcess(int pid, Task<ChildExit> exited, SafeSocketHandle input, SafePipeHandle output, SafePipeHandle error)
    {
        Id = pid;
        Exited = exited;
        // .NET reads and writes these sockets and pipes without blocking a thread: they are registered with its epoll instance.
        Input = new NetworkStream(new Socket(input), FileAccess.Write, ownsSocket: true);
        Output = new AnonymousPipeClientStream(PipeDirection.In, output);
        Error = new AnonymousPipeClientStream(PipeDirection.In, error);
    }

    public int Id { get; }

    public Stream Input { get; }

    public Stream Output { get; }

    public Stream Error { get; }

    public Task<ChildExit> Exited { get; }

    public void Terminate() => ChildReaper.SignalGroup(Id, Libc.Terminate);

    public void Kill() => ChildReaper.SignalGroup(Id, Libc.Kill);

    /// <summary>Ends the child and the processes it started, and closes its streams.</summary>
    public async ValueTask DisposeAsync()
    {
        Kill();
        ChildReaper.Release(Id);
        OrphanGuard.Remove(Id);
        await Input.DisposeAsync().ConfigureAwait(false);
        await Output.DisposeAsync().ConfigureAwait(false);
        await Error.DisposeAsync().ConfigureAwait(false);
    }
}
