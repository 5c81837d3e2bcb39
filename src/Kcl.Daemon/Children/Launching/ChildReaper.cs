using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Kcl.Daemon.Children.Launching;

/// <summary>
/// Detects the end of the children that this process started, without a thread per child. The signal SIGCHLD reports that a child has
/// ended, but not which; then each watched child is checked.
/// </summary>
/// <remarks>
/// A child that has ended is not reaped until its owner releases it, so that its process id and that of its group cannot be reused while
/// signals may still be sent to them. .NET's own process class reaps only the processes that it started.
/// </remarks>
[SupportedOSPlatform("linux")]
internal static unsafe class ChildReaper
{
    private static readonly Lock Gate = new();
    private static readonly Dictionary<int, Entry> Children = [];
    private static PosixSignalRegistration? s_registration;

    /// <summary>
    /// Starts listening for the end of children. Must be called before the first child is started, or its end may be missed.
    /// </summary>
    public static void StartListening()
    {
        lock (Gate)
        {
            s_registration ??= PosixSignalRegistration.Create(PosixSignal.SIGCHLD, _ => Check());
        }
    }

    /// <summary>Starts watching a child.</summary>
    /// <param name="pid">The process id of the child.</param>
    /// <returns>A task that completes when the child has ended.</returns>
    public static Task<ChildExit> Watch(int pid)
    {
        var entry = new Entry();
        lock (Gate)
        {
            Children.Add(pid, entry);
        }

        // The child may have ended before it was watched.
        Check();
        return entry.Exited.Task;
    }

    /// <summary>Sends a signal to a watched child and to the processes it started that are still in its process group.</summary>
    /// <param name="pid">The process id of the child.</param>
    /// <param name="signal">The signal.</param>
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

    /// <summary>Releases a child: it is reaped now, or when it ends.</summary>
    /// <param name="pid">The process id of the child.</param>
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
            // There is no such child: it was reaped elsewhere in this process, so its exit code is unknown.
            return true;
        }

        // siginfo_t of 64-bit Linux: si_code is the third int, si_pid the fifth, si_status the seventh.
        var code = info[2];
        var child = info[4];
        var status = info[6];
        exit = code == Libc.ExitedNormally ? new(status) : new(-1, status);
        return child != 0;
    }

    private sealed class Entry
    {
        public TaskCompletionSource<ChildExit> Exited { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool IsReleased { get; set; }
    }
}
