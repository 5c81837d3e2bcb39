using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace Kcl.Daemon.Children.Launching;

/// <summary>
/// Ends children that would keep running after the daemon was killed without warning. The guard is a small shell script in its own session.
/// It has a list of the process groups of the children, and waits for the end of a pipe that only the daemon holds open.
/// </summary>
/// <remarks>
/// Most children exit on their own when their stdin ends. Children that hang in a batch or ignore the end are sent TERM after five seconds,
/// then KILL. The parent-death signal of Linux is not an alternative: it is sent when the thread that started the child ends. Without
/// <c>/bin/sh</c> there is no guard, which is logged; in an image without a shell the daemon is usually process 1, and all other processes
/// end with it.
/// </remarks>
[SupportedOSPlatform("linux")]
internal static unsafe class OrphanGuard
{
    // Each line of input is "+ pid" or "- pid". At the end of the input, the listed groups are ended. The spaces around each pid prevent 12
    // from matching in 123.
    private const string Script = """
        all=' '
        while read -r sign pid; do
          case $sign in
            +) all="$all$pid " ;;
            -) case $all in *" $pid "*) all="${all%% $pid *} ${all#* $pid }" ;; esac ;;
          esac
        done
        alive() { for pid in $all; do kill -0 "-$pid" 2>/dev/null && return 0; done; return 1; }
        for i in 1 2 3 4 5; do alive || exit 0; sleep 1; done
        for pid in $all; do kill -TERM "-$pid" 2>/dev/null; done
        for i in 1 2; do alive || exit 0; sleep 1; done
        for pid in $all; do kill -KILL "-$pid" 2>/dev/null; done
        """;

    private static readonly Lock Gate = new();
    private static readonly HashSet<int> Groups = [];
    private static FileStream? s_pipe;
    private static bool s_failureLogged;

    /// <summary>
    /// Adds a child's process group to the guard. The guard is started if it is not running; if that fails, it is tried again with the next
    /// child.
    /// </summary>
    /// <param name="pid">The process id of the child.</param>
    /// <param name="logger">Logs a message if the guard cannot be started.</param>
    public static void Add(int pid, ILogger logger)
    {
        lock (Gate)
        {
            Groups.Add(pid);
            if (s_pipe is not null)
            {
                Send('+', pid);
            }

            if (s_pipe is null)
            {
                s_pipe = Start();
                foreach (var group in Groups)
                {
                    Send('+', group);
                }

                if (s_pipe is null && !s_failureLogged)
                {
                    s_failureLogged = true;
                    logger.NoOrphanGuard();
                }
            }
        }
    }

    /// <summary>Removes a child's process group from the guard.</summary>
    /// <param name="pid">The process id of the child.</param>
    public static void Remove(int pid)
    {
        lock (Gate)
        {
            Groups.Remove(pid);
            Send('-', pid);
        }
    }

    private static void Send(char sign, int pid)
    {
        try
        {
            s_pipe?.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{sign} {pid}\n")));
        }
        catch (IOException)
        {
            // The guard was killed. Another is started with the next child.
            s_pipe?.Dispose();
            s_pipe = null;
        }
    }

    private static FileStream? Start()
    {
        var ends = stackalloc int[2];
        if (Libc.Pipe2(ends, Libc.CloseOnExec) != 0)
        {
            return null;
        }

        var pipe = new SafeFileHandle(ends[1], ownsHandle: true);
        try
        {
            using var nothing = File.OpenHandle("/dev/null", FileMode.Open, FileAccess.ReadWrite);
            var none = (int)nothing.DangerousGetHandle();
            string[] arguments = ["-c", Script, "kcl-orphan-guard"];
            if (PosixSpawn.TryStart("/bin/sh", arguments, new Dictionary<string, string>(), null, [ends[0], none, none], out var pid) == 0)
            {
                _ = ChildReaper.Watch(pid);
                ChildReaper.Release(pid);
                return new(pipe, FileAccess.Write, bufferSize: 0);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // There are no free descriptors, or there is no /dev/null. The effect is the same as without a shell: no guard.
        }
        finally
        {
            _ = Libc.Close(ends[0]);
        }

        pipe.Dispose();
        return null;
    }
}
