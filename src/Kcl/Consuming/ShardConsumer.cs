using Kcl.Leasing;
using Kcl.Retrieval;

namespace Kcl.Consuming;

/// <summary>One shard's life in this worker, as seen from outside: started, asked to stop, waited for.</summary>
internal sealed class ShardConsumer : IShardConsumer
{
    private readonly TaskCompletionSource<ShardConsumerOutcome> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _abort = new();
    private readonly CancellationTokenSource _working;
    private readonly CancellationTokenSource _halted;
    private readonly ShardConsumerLoop _life;
    private bool _started;
    private bool _disposed;

    /// <param name="lease">The shard's lease, held by this worker.</param>
    /// <param name="coordination">What the coordination does for the shard.</param>
    /// <param name="options">The consumer's frozen options.</param>
    /// <param name="services">What the consumer stands on.</param>
    /// <param name="retrieval">Opens what is read from.</param>
    public ShardConsumer(IHeldLease lease, IShardCoordination coordination, KinesisConsumerOptions options, KinesisConsumerServices services, RecordSourceFactory retrieval)
    {
        _working = CancellationTokenSource.CreateLinkedTokenSource(lease.Lost, _abort.Token);
        _halted = CancellationTokenSource.CreateLinkedTokenSource(_working.Token, _stop.Token);
        _life = new ShardConsumerLoop(lease, coordination, options, services, retrieval, new ShardLifeSignals(_working.Token, _halted.Token, _stop.Token, _abort.Token));
    }

    public Task<ShardConsumerOutcome> Completion => _completion.Task;

    public ShardConsumerStatus Status => _life.Status;

    public void Start()
    {
        if (!Interlocked.Exchange(ref _started, true))
        {
            using (ExecutionContext.SuppressFlow())
            {
                _ = Task.Run(LiveAsync);
            }
        }
    }

    // Cancelling runs what was registered for it; that is not to happen to the caller.
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

    // Completed whatever is thrown: the coordination waits for it, and the lease is renewed until then.
    private async Task LiveAsync()
    {
        var outcome = ShardConsumerOutcome.GaveUp;
        try
        {
            outcome = await _life.RunAsync().ConfigureAwait(false);
        }
        finally
        {
            _completion.TrySetResult(outcome);
        }
    }
}
