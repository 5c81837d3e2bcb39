using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text;
using Microsoft.Extensions.Logging;

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
    private static FileStream? s_pipe;
    private static bool s_unavailable;

    /// <summary>Takes a child's group under guard.</summary>
    public static void Watch(int pid, ILogger logger)
    {
        lock (Gate)
        {
            if (s_pipe is null && !s_unavailable)
            {
                s_pipe = Start();
                s_unavailable = s_pipe is null;
                if (s_unavailable)
                {
                    logger.NoOrphanGuard();
                }
            }

            Send('+', pid);
        }
    }

    /// <summary>Says that a child and its group are gone.</summary>
    public static void Forget(int pid)
    {
        lock (Gate)
        {
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
            // Somebody killed the guard; the next child starts another, which then knows only of the children from there on.
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

        using var nothing = File.OpenHandle("/dev/null", FileMode.Open, FileAccess.ReadWrite);
        var none = (int)nothing.DangerousGetHandle();
        var error = PosixSpawn.TryStart("/bin/sh", ["-c", Script, "kcl-orphan-guard"], new Dictionary<string, string>(), null, [ends[0], none, none], out var pid);
        _ = Libc.Close(ends[0]);
        if (error != 0)
        {
            _ = Libc.Close(ends[1]);
            return null;
        }

        _ = ChildReaper.Watch(pid);
        ChildReaper.Release(pid);
        return new(new(ends[1], ownsHandle: true), FileAccess.Write, bufferSize: 0);
    }
}
