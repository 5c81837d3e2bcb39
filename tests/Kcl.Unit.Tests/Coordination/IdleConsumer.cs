using Kcl.Consuming;

namespace Kcl.Unit.Tests.Coordination;

/// <summary>Holds its lease until it is asked to stop.</summary>
internal sealed class IdleConsumer : IShardConsumer
{
    private readonly TaskCompletionSource<ShardConsumerOutcome> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<ShardConsumerOutcome> Completion => _completion.Task;

    public ShardConsumerStatus Status => new(ShardConsumerState.Processing, null, 0, 0, null, 0);

    public void Start()
    {
    }

    public void RequestStop() => _completion.TrySetResult(ShardConsumerOutcome.Stopped);

    public void Abort() => RequestStop();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
