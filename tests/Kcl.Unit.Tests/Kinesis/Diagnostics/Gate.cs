namespace Kcl.Unit.Tests.Kinesis.Diagnostics;

/// <summary>A gate that blocks the calling thread while it is closed.</summary>
internal sealed class Gate
{
    private readonly object _lock = new();
    private readonly TaskCompletionSource _blocked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isClosed;

    /// <summary>Completes when a thread is blocked.</summary>
    public Task Blocked => _blocked.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

    public void Close()
    {
        lock (_lock)
        {
            _isClosed = true;
        }
    }

    public void Open()
    {
        lock (_lock)
        {
            _isClosed = false;
            Monitor.PulseAll(_lock);
        }
    }

    public void Pass()
    {
        lock (_lock)
        {
            while (_isClosed)
            {
                _blocked.TrySetResult();
                Monitor.Wait(_lock);
            }
        }
    }
}
