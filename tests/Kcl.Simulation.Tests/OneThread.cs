namespace Kcl.Simulation.Tests;

/// <summary>
/// Limits the thread pool to one thread, so that work runs in the order in which it is queued, and a seed can be replayed.
/// </summary>
internal static class OneThread
{
    private static readonly SemaphoreSlim OneAtATime = new(1, 1);

    public static async Task<T> RunAsync<T>(Func<Task<T>> simulate)
    {
        await OneAtATime.WaitAsync(TestContext.Current.CancellationToken);
        ThreadPool.GetMinThreads(out var minWorkers, out var minPorts);
        ThreadPool.GetMaxThreads(out var maxWorkers, out var maxPorts);
        try
        {
            Assert.True(
                ThreadPool.SetMinThreads(1, minPorts) && ThreadPool.SetMaxThreads(1, maxPorts),
                "the thread pool does not take one thread");
            return await Task.Run(simulate);
        }
        finally
        {
            ThreadPool.SetMaxThreads(maxWorkers, maxPorts);
            ThreadPool.SetMinThreads(minWorkers, minPorts);
            OneAtATime.Release();
        }
    }
}
