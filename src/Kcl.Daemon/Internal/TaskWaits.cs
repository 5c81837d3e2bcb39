namespace Kcl.Daemon.Internal;

/// <summary>Waits for tasks with a time limit.</summary>
internal static class TaskWaits
{
    /// <summary>Waits for a task for at most the given time. Does not throw if the task fails.</summary>
    /// <param name="task">The task.</param>
    /// <param name="timeout">The maximum time to wait.</param>
    /// <param name="time">The clock.</param>
    /// <returns>True if the task has completed; otherwise, false.</returns>
    public static async ValueTask<bool> CompletesAsync(this Task task, TimeSpan timeout, TimeProvider time)
    {
        if (!task.IsCompleted)
        {
            using var stopDelay = new CancellationTokenSource();
            await Task.WhenAny(task, Task.Delay(timeout, time, stopDelay.Token)).ConfigureAwait(false);
            await stopDelay.CancelAsync().ConfigureAwait(false);
        }

        return task.IsCompleted;
    }
}
