using Kcl.Leasing;

namespace Kcl.Consuming;

/// <summary>Starts and stops the consumer of one shard.</summary>
internal sealed class ShardConsumer : IShardConsumer
{
    private readonly TaskCompletionSource<ShardConsumerOutcome> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _abort = new();
    private readonly CancellationTokenSource _working;
    private readonly CancellationTokenSource _halted;
    private readonly ShardConsumerLoop _loop;
    private bool _started;
    private bool _disposed;

    /// <param name="lease">The shard's lease, held by this worker.</param>
    /// <param name="coordination">The coordination.</param>
    /// <param name="settings">The settings of the stream.</param>
    /// <param name="services">The services that all shards share.</param>
    public ShardConsumer(IHeldLease lease, IShardCoordination coordination, ConsumingSettings settings, ConsumingServices services)
    {
        _working = CancellationTokenSource.CreateLinkedTokenSource(lease.Lost, _abort.Token);
        _halted = CancellationTokenSource.CreateLinkedTokenSource(_working.Token, _stop.Token);
        var tokens = new ShardConsumerTokens(_working.Token, _halted.Token, _stop.Token, _abort.Token);
        _loop = new ShardConsumerLoop(new(lease, coordination, settings, services, tokens));
    }

    public Task<ShardConsumerOutcome> Completion => _completion.Task;

    public ShardConsumerStatus Status => _loop.Status;

    public void Start()
    {
        if (!Interlocked.Exchange(ref _started, true))
        {
            using (ExecutionContext.SuppressFlow())
            {
                _ = Task.Run(RunAsync);
            }
        }
    }

    // CancelAsync, because Cancel would run the registered callbacks on the caller's thread.
    public void RequestStop() => _ = _stop.CancelAsync();

    public void Abort() => _ = _abort.CancelAsync();

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, true))
        {
            return;
        }

        if (Interlocked.Exchange(ref _started, true))
        {
            await _stop.CancelAsync().ConfigureAwait(false);
            await _abort.CancelAsync().ConfigureAwait(false);
            await Completion.ConfigureAwait(false);
        }
        else
        {
            _completion.TrySetResult(ShardConsumerOutcome.Stopped);
        }

        _halted.Dispose();
        _working.Dispose();
        _stop.Dispose();
        _abort.Dispose();
    }

    // Always completes, because the coordination waits for it and the lease is renewed until then.
    private async Task RunAsync()
    {
        var outcome = ShardConsumerOutcome.GaveUp;
        try
        {
            outcome = await _loop.RunAsync().ConfigureAwait(false);
        }
        finally
        {
            _completion.TrySetResult(outcome);
        }
    }
}
