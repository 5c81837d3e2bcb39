using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace Kcl.Daemon.Children;

/// <summary>Starts children on Linux.</summary>
[SupportedOSPlatform("linux")]
internal sealed unsafe class PosixChildLauncher(ILogger logger) : IChildLauncher
{
    // As much as the system allows (net.core.wmem_max): a batch is megabytes, and each time the buffer is full costs both processes a switch.
    private const int InputBufferSize = 1024 * 1024;

    /// <inheritdoc />
    public IChildProcess Start(ChildCommand command, IReadOnlyDictionary<string, string> environment)
    {
        var path = ExecutableSearch.Find(command.Program, command.WorkingDirectory, Environment.GetEnvironmentVariable("PATH"))
            ?? throw new ChildStartException(ExecutableSearch.NotFoundMessage(command.Program));
        ChildReaper.Arm();
        Span<int> fds = stackalloc int[6];
        fds.Fill(-1);
        var started = false;
        try
        {
            OpenStreams(fds);
            var size = InputBufferSize;
            _ = Libc.SetSocketOption(fds[1], Libc.SocketLevel, Libc.SendBufferSize, &size, sizeof(int));
            ReadOnlySpan<int> theirs = [fds[0], fds[3], fds[5]];
            var error = PosixSpawn.TryStart(path, command.Arguments, environment, command.WorkingDirectory, theirs, out var pid);
            if (error == Libc.NotExecutable)
            {
                // A script without a first line that names its interpreter: the shell's, as for Java's process builder.
                error = PosixSpawn.TryStart("/bin/sh", [path, .. command.Arguments], environment, command.WorkingDirectory, theirs, out pid);
            }

            if (error != 0)
            {
                throw new ChildStartException($"'{path}' could not be started: {Marshal.GetPInvokeErrorMessage(error)}.");
            }

            started = true;
            return Adopt(pid, new(fds[1], ownsHandle: true), new(fds[2], ownsHandle: true), new(fds[4], ownsHandle: true), logger);
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

    /// <summary>Takes charge of a child that has been started. Where that fails, nothing of it is left.</summary>
    internal static PosixChildProcess Adopt(int pid, SafeSocketHandle input, SafePipeHandle output, SafePipeHandle error, ILogger logger)
    {
        var exited = ChildReaper.Watch(pid);
        try
        {
            OrphanGuard.Watch(pid, logger);
            return new(pid, exited, input, output, error);
        }
        catch (Exception e) when (e is IOException or SocketException or ArgumentException)
        {
            ChildReaper.SignalGroup(pid, Libc.Kill);
            ChildReaper.Release(pid);
            OrphanGuard.Forget(pid);
            input.Dispose();
            output.Dispose();
            error.Dispose();
            throw new ChildStartException($"Process {pid} was started and cannot be talked to: {e.Message}", e);
        }
    }

    /// <summary>Fills in stdin's two ends, the child's first, then stdout's and stderr's, ours first.</summary>
    /// <remarks>
    /// Stdin is a socket, as Node's children have it: unlike a pipe it wakes the writer only when most of the buffer is free, so that a child that reads in small
    /// pieces (Python's 8 KiB) does not cost a switch for each of them. Stdout and stderr stay pipes: scripts open <c>/dev/stderr</c> by name, which sockets refuse.
    /// </remarks>
    private static void OpenStreams(Span<int> fds)
    {
        for (var i = 0; i < fds.Length; i += 2)
        {
            fixed (int* ends = &fds[i])
            {
                if ((i == 0 ? Libc.SocketPair(Libc.UnixDomain, Libc.StreamSocket | Libc.CloseOnExec, 0, ends) : Libc.Pipe2(ends, Libc.CloseOnExec)) != 0)
                {
                    throw new ChildStartException($"No pipe to a child could be made: {Marshal.GetLastPInvokeErrorMessage()}. Each child takes three descriptors here; raise the limit (ulimit -n).");
                }
            }
        }

        // Where this process was started without stdin, stdout or stderr a pipe's end may be one of 0, 1 and 2, which the child's are about to become.
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
