namespace Kcl.Daemon.Children;

/// <summary>Bounded waits.</summary>
internal static class TaskWaits
{
    /// <summary>Waits for a task, but not longer than given; the task's own outcome is not looked at.</summary>
    /// <returns>Whether it has completed.</returns>
    public static async ValueTask<bool> CompletesAsync(this Task task, TimeSpan within, TimeProvider time)
    {
        if (!task.IsCompleted)
        {
            using var enough = new CancellationTokenSource();
            await Task.WhenAny(task, Task.Delay(within, time, enough.Token)).ConfigureAwait(false);
            await enough.CancelAsync().ConfigureAwait(false);
        }

        return task.IsCompleted;
    }
}
