using Kcl.Diagnostics;
using Kcl.Processing;
using Kcl.Unit.Tests.Consuming;

namespace Kcl.Unit.Tests.Processing;

public class ProcessorInvokerTests
{
    private readonly ShardHarness _shard = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_user_code_throws_comes_out_as_a_value()
    {
        await using var invoker = Invoker();
        await InitializeAsync(invoker);
        _shard.Processor.OnRecords = (_, _, _) => throw new InvalidOperationException("boom");
        Assert.Equal(ProcessorCallStatus.Failed, (await RecordsAsync(invoker, Token)).Status);

        _shard.Processor.OnRecords = (_, _, _) => throw new ProcessorUnusableException("dead");
        Assert.Equal(ProcessorCallStatus.Unusable, (await RecordsAsync(invoker, Token)).Status);

        _shard.Processor.OnRecords = null;
        Assert.True((await RecordsAsync(invoker, Token)).IsCompleted);
        Assert.Equal(2, _shard.Logs.Count(1402));
    }

    [Fact]
    public async Task Giving_way_to_the_token_is_not_a_fault()
    {
        await using var invoker = Invoker();
        await InitializeAsync(invoker);
        using var cancel = new CancellationTokenSource();
        await cancel.CancelAsync();
        _shard.Processor.OnRecords = (_, _, token) =>
        {
            token.ThrowIfCancellationRequested();
            return default;
        };
        Assert.Equal(ProcessorCallStatus.Cancelled, (await RecordsAsync(invoker, cancel.Token)).Status);

        _shard.Processor.OnRecords = (_, _, _) => throw new LeaseLostException("gone");
        Assert.Equal(ProcessorCallStatus.Cancelled, (await RecordsAsync(invoker, cancel.Token)).Status);
        Assert.Equal(0, _shard.Logs.Count(1402));
    }

    [Fact]
    public async Task Somebody_elses_cancellation_is_a_fault()
    {
        await using var invoker = Invoker();
        await InitializeAsync(invoker);
        _shard.Processor.OnRecords = (_, _, _) => throw new OperationCanceledException("an HTTP time-out of the application");

        Assert.Equal(ProcessorCallStatus.Failed, (await RecordsAsync(invoker, Token)).Status);
    }

    [Fact]
    public async Task A_failing_factory_is_user_code_like_the_rest()
    {
        await using var invoker = new ProcessorInvoker(
            new FailingFactory(),
            ShardHarness.Shard,
            null,
            _shard.Clock,
            new ShardMetrics(new("words"), ShardHarness.Shard),
            _shard.Logs);

        var call = await invoker.InitializeAsync(new(ShardHarness.Shard, ExtendedSequenceNumber.Latest), Token);

        Assert.Equal(ProcessorCallStatus.Failed, call.Status);
        Assert.False(invoker.IsInitialized);
    }

    [Fact]
    public async Task Initialized_again_after_a_failure_it_is_the_same_instance()
    {
        await using var invoker = Invoker();
        _shard.Processor.OnInitialize = (_, _, _) => throw new InvalidOperationException();
        Assert.False((await invoker.InitializeAsync(new(ShardHarness.Shard, ExtendedSequenceNumber.Latest), Token)).IsCompleted);
        _shard.Processor.OnInitialize = null;

        await InitializeAsync(invoker);

        Assert.Equal(1, _shard.Processor.Instances);
        Assert.True(invoker.IsInitialized);
    }

    [Fact]
    public async Task A_disposal_that_throws_goes_no_further()
    {
        var invoker = Invoker();
        await InitializeAsync(invoker);
        _shard.Processor.OnDispose = _ => throw new InvalidOperationException();

        await invoker.DisposeAsync();
        await invoker.DisposeAsync();

        Assert.Single(_shard.Processor.Calls, c => c == "disposed");
    }

    [Fact]
    public async Task A_call_that_does_not_return_is_warned_about_again_and_again_until_it_does()
    {
        await using var invoker = Invoker(TimeSpan.FromSeconds(2));
        await InitializeAsync(invoker);
        var finish = new TaskCompletionSource();
        _shard.Processor.OnRecords = (_, _, _) => new(finish.Task);
        var call = RecordsAsync(invoker, Token).AsTask();

        await _shard.Clock.AdvanceToNextTimerAsync();
        await _shard.Clock.AdvanceToNextTimerAsync();

        Assert.Equal(2, _shard.Logs.Count(1403));
        finish.SetResult();
        Assert.True((await call).IsCompleted);
        _shard.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(2, _shard.Logs.Count(1403));
    }

    private static async Task InitializeAsync(ProcessorInvoker invoker) =>
        Assert.True((await invoker.InitializeAsync(new(ShardHarness.Shard, ExtendedSequenceNumber.Latest), Token)).IsCompleted);

    private static ValueTask<ProcessorCall> RecordsAsync(ProcessorInvoker invoker, CancellationToken cancellationToken) =>
        invoker.ProcessRecordsAsync(new([], null, null!), cancellationToken);

    private ProcessorInvoker Invoker(TimeSpan? warnAfter = null) =>
        new(_shard.Processor, ShardHarness.Shard, warnAfter, _shard.Clock, new ShardMetrics(new("words"), ShardHarness.Shard), _shard.Logs);

    private sealed class FailingFactory : IShardRecordProcessorFactory
    {
        public IShardRecordProcessor Create(ShardId shardId) => throw new InvalidOperationException();
    }
}
