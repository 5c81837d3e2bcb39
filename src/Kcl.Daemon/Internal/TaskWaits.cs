namespace Kcl.Daemon.Internal;

/// <summary>Waits for tasks with a time limit.</summary>
internal static class TaskWaits
{
    /// <summary>Waits for a task, at most for the given time. Does not throw if the task fails.</summary>
    /// <param name="task">The task.</param>
    /// <param name="within">The maximum time to wait.</param>
    /// <param name="time">The clock.</param>
    /// <returns>Whether the task has completed.</returns>
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
