using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace Kcl.Daemon.Children;

/// <summary>Ends children that would outlive a daemon killed without warning: a small shell, in a session of its own, that knows the groups and waits for the end of a pipe only the daemon holds.</summary>
/// <remarks>
/// Children see the end of their stdin too, and most leave by themselves; those that hang in a batch, or ignore it, get five seconds, then TERM, then KILL.
/// Linux' parent-death signal is no alternative: it is bound to the thread that started the child. Without <c>/bin/sh</c> (an image without a shell, where the
/// daemon is usually process 1 and takes everything with it) there is no guard, and a line in the log.
/// </remarks>
[SupportedOSPlatform("linux")]
internal static unsafe class OrphanGuard
{
    // "+ pid" and "- pid" arrive line by line; at the end of input whatever is still listed is ended. The trailing blanks keep 12 from matching in 123.
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
    private static bool s_reported;

    /// <summary>
    /// Takes a child's group under guard. Where there is no guard, one is started; where that fails, the next child tries again.
    /// </summary>
    public static void Watch(int pid, ILogger logger)
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

                if (s_pipe is null && !s_reported)
                {
                    s_reported = true;
                    logger.NoOrphanGuard();
                }
            }
        }
    }

    /// <summary>Says that a child and its group are gone.</summary>
    public static void Forget(int pid)
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
            // Somebody killed the guard; the next child starts another.
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
            // No descriptor is left, or there is no /dev/null: as without a shell.
        }
        finally
        {
            _ = Libc.Close(ends[0]);
        }

        pipe.Dispose();
        return null;
    }
}
