using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Kcl.Daemon.Children;

/// <summary>Learns of the end of the children we started ourselves, without a thread for any of them: the system says that some child ended, and each of ours is asked.</summary>
/// <remarks>
/// An ended child is left unreaped until its owner lets go of it, so that neither its number nor its group's can belong to somebody else while signals may
/// still be sent there. .NET's own process class reaps only what it started.
/// </remarks>
[SupportedOSPlatform("linux")]
internal static unsafe class ChildReaper
{
    private static readonly Lock Gate = new();
    private static readonly Dictionary<int, Entry> Children = [];
    private static PosixSignalRegistration? s_registration;

    /// <summary>Must be called before the first child is started, or its end may be missed.</summary>
    public static void Arm()
    {
        lock (Gate)
        {
            s_registration ??= PosixSignalRegistration.Create(PosixSignal.SIGCHLD, _ => Check());
        }
    }

    /// <summary>Watches a child from now on.</summary>
    /// <param name="pid">The child.</param>
    /// <returns>Completes when it has ended.</returns>
    public static Task<ChildExit> Watch(int pid)
    {
        var entry = new Entry();
        lock (Gate)
        {
            Children.Add(pid, entry);
        }

        // It may have ended before we listened.
        Check();
        return entry.Exited.Task;
    }

    /// <summary>Signals a watched child and everything it started that stayed in its group.</summary>
    public static void SignalGroup(int pid, int signal)
    {
        lock (Gate)
        {
            if (Children.TryGetValue(pid, out var entry) && !entry.IsReleased)
            {
                _ = Libc.SendSignal(-pid, signal);
            }
        }
    }

    /// <summary>Lets go of a child: it is reaped now, or when it ends.</summary>
    public static void Release(int pid)
    {
        lock (Gate)
        {
            if (Children.TryGetValue(pid, out var entry))
            {
                entry.IsReleased = true;
                ReapIfEnded(pid, entry);
            }
        }
    }

    private static void Check()
    {
        lock (Gate)
        {
            foreach (var (pid, entry) in Children.ToArray())
            {
                if (!entry.Exited.Task.IsCompleted && TryPeekExit(pid, out var exit))
                {
                    entry.Exited.SetResult(exit);
                }

                ReapIfEnded(pid, entry);
            }
        }
    }

    private static void ReapIfEnded(int pid, Entry entry)
    {
        if (entry is { IsReleased: true, Exited.Task.IsCompleted: true })
        {
            _ = Libc.WaitPid(pid, out _, Libc.NoHang);
            Children.Remove(pid);
        }
    }

    private static bool TryPeekExit(int pid, out ChildExit exit)
    {
        exit = new(-1);
        var info = stackalloc int[32];
        new Span<int>(info, 32).Clear();
        if (Libc.WaitId(Libc.WaitForPid, pid, info, Libc.Exited | Libc.NoHang | Libc.LeaveUnreaped) != 0)
        {
            // No such child: somebody else reaped it, so nobody knows how it ended.
            return true;
        }

        // siginfo_t of 64-bit Linux: si_code is the third int, si_pid the fifth, si_status the seventh.
        var (code, child, status) = (info[2], info[4], info[6]);
        exit = code == Libc.ExitedNormally ? new(status) : new(-1, status);
        return child != 0;
    }

    private sealed class Entry
    {
        public TaskCompletionSource<ChildExit> Exited { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool IsReleased { get; set; }
    }
}
