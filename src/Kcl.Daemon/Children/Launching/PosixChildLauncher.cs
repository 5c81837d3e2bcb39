using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Kcl.Daemon.Children.Command;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace Kcl.Daemon.Children.Launching;

/// <summary>Starts children on Linux.</summary>
[SupportedOSPlatform("linux")]
internal sealed unsafe class PosixChildLauncher(ILogger logger) : IChildLauncher
{
    // The system limits this size (net.core.wmem_max). A batch can have megabytes, and each time that the buffer is full costs both
    // processes a context switch.
    private const int InputBufferSize = 1024 * 1024;

    /// <inheritdoc />
    public IChildProcess Start(ChildCommand command, IReadOnlyDictionary<string, string> environment)
    {
        var path = ExecutableSearch.Find(command.Program, command.WorkingDirectory, Environment.GetEnvironmentVariable("PATH"))
            ?? throw new ChildStartException(ExecutableSearch.NotFoundMessage(command.Program));
        ChildReaper.StartListening();
        Span<int> fds = stackalloc int[6];
        fds.Fill(-1);
        var started = false;
        try
        {
            OpenStreams(fds);
            var size = InputBufferSize;
            _ = Libc.SetSocketOption(fds[1], Libc.SocketLevel, Libc.SendBufferSize, &size, sizeof(int));
            ReadOnlySpan<int> childEnds = [fds[0], fds[3], fds[5]];
            var error = PosixSpawn.TryStart(path, command.Arguments, environment, command.WorkingDirectory, childEnds, out var pid);
            if (error == Libc.NotExecutable)
            {
                // A script whose first line names no interpreter is run by the shell, as with Java's ProcessBuilder.
                error = PosixSpawn.TryStart("/bin/sh", [path, .. command.Arguments], environment, command.WorkingDirectory, childEnds,
                    out pid);
            }

            if (error != 0)
            {
                throw new ChildStartException($"'{path}' could not be started: {Marshal.GetPInvokeErrorMessage(error)}.");
            }

            started = true;
            return Wrap(pid, new(fds[1], ownsHandle: true), new(fds[2], ownsHandle: true), new(fds[4], ownsHandle: true), logger);
        }
        finally
        {
            Close(fds[0]);
            Close(fds[3]);
            Close(fds[5]);
            if (!started)
            {
                Close(fds[1]);
                Close(fds[2]);
                Close(fds[4]);
            }
        }
    }

    /// <summary>Wraps a child that has been started. If that fails, the child is killed and its streams are closed.</summary>
    internal static PosixChildProcess Wrap(int pid, SafeSocketHandle input, SafePipeHandle output, SafePipeHandle error, ILogger logger)
    {
        var exited = ChildReaper.Watch(pid);
        try
        {
            OrphanGuard.Add(pid, logger);
            return new(pid, exited, input, output, error);
        }
        catch (Exception e) when (e is IOException or SocketException or ArgumentException)
        {
            ChildReaper.SignalGroup(pid, Libc.Kill);
            ChildReaper.Release(pid);
            OrphanGuard.Remove(pid);
            input.Dispose();
            output.Dispose();
            error.Dispose();
            throw new ChildStartException($"Process {pid} was started, but its streams cannot be used: {e.Message}", e);
        }
    }

    /// <summary>
    /// Opens the three streams. Of each pair of descriptors, the first is the end for reading: the child's for stdin, and the daemon's for
    /// stdout and stderr.
    /// </summary>
    /// <remarks>
    /// Stdin is a socket, as for child processes of Node.js. Unlike a pipe, a socket wakes the writer only when most of the buffer is free,
    /// so a child that reads in small pieces (8 KiB in Python) does not cause a context switch for each piece. Stdout and stderr are pipes,
    /// since scripts open <c>/dev/stderr</c> by name, which fails for sockets.
    /// </remarks>
    private static void OpenStreams(Span<int> fds)
    {
        for (var i = 0; i < fds.Length; i += 2)
        {
            fixed (int* ends = &fds[i])
            {
                var error = i == 0
                    ? Libc.SocketPair(Libc.UnixDomain, Libc.StreamSocket | Libc.CloseOnExec, 0, ends)
                    : Libc.Pipe2(ends, Libc.CloseOnExec);
                if (error != 0)
                {
                    throw new ChildStartException(
                        $"The pipes of a child could not be created: {Marshal.GetLastPInvokeErrorMessage()}. "
                        + "The daemon needs three descriptors per child; raise the limit (ulimit -n).");
                }
            }
        }

        // If this process was started without stdin, stdout or stderr, a new descriptor may be 0, 1 or 2. Those are replaced in the child,
        // so they are moved.
        foreach (ref var fd in fds)
        {
            if (fd < 3)
            {
                var moved = Libc.Fcntl(fd, Libc.DuplicateCloseOnExec, 3);
                Close(fd);
                fd = moved;
            }
        }
    }

    private static void Close(int fd)
    {
        if (fd >= 0)
        {
            _ = Libc.Close(fd);
        }
    }
}
