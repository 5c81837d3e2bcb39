using Microsoft.Extensions.Time.Testing;

namespace Kcl.Unit.Tests.Abstractions;

public sealed class CheckpointerExtensionsTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(3, 3)]
    public async Task What_may_pass_is_tried_again(int failures, int retries)
    {
        var checkpointer = new Failing(failures, () => new ThrottlingException("slow down"));
        await RunAsync(checkpointer, retries);

        Assert.Equal(failures + 1, checkpointer.Calls);
    }

    [Fact]
    public async Task The_last_failure_is_thrown()
    {
        var checkpointer = new Failing(4, () => new DependencyException("down"));
        await Assert.ThrowsAsync<DependencyException>(() => RunAsync(checkpointer, 3));

        Assert.Equal(4, checkpointer.Calls);
    }

    [Fact]
    public async Task What_cannot_succeed_is_not_tried_again()
    {
        var checkpointer = new Failing(9, () => new LeaseLostException("gone"));
        await Assert.ThrowsAsync<LeaseLostException>(() => RunAsync(checkpointer, 3));

        Assert.Equal(1, checkpointer.Calls);
    }

    [Fact]
    public async Task Impossible_retries_are_refused_before_the_first_attempt()
    {
        var checkpointer = new Failing(0, () => new DependencyException("down"));
        var failure = await Assert.ThrowsAsync<ConfigurationException>(async () => await checkpointer.CheckpointWithRetriesAsync(
            new CheckpointRetryOptions { MaxRetries = -1, Delay = TimeSpan.FromSeconds(-1) }, CancellationToken.None));
        Assert.Contains("MaxRetries is -1", failure.Message, StringComparison.Ordinal);
        Assert.Contains("Delay is -00:00:01", failure.Message, StringComparison.Ordinal);
        Assert.Equal(0, checkpointer.Calls);
    }

    [Fact]
    public async Task The_adapter_of_older_processors_tells_why_they_are_shut_down()
    {
        var older = new Older();
        await using (var adapter = new LegacyRecordProcessorAdapter(older))
        {
            var checkpointer = new Failing(0, () => new LeaseLostException(""));
            await adapter.ShutdownRequestedAsync(new(checkpointer), CancellationToken.None);
            await adapter.ShardEndedAsync(new(checkpointer), CancellationToken.None);
            await adapter.LeaseLostAsync(new(), CancellationToken.None);
        }

        Assert.Equal(["Terminate True", "Zombie False", "disposed"], older.Calls);
    }

    private static async Task RunAsync(ICheckpointer checkpointer, int retries)
    {
        var time = new FakeTimeProvider { AutoAdvanceAmount = TimeSpan.Zero };
        var options = new CheckpointRetryOptions { MaxRetries = retries, Delay = TimeSpan.FromSeconds(3), TimeProvider = time };
        var running = checkpointer.CheckpointWithRetriesAsync(options, CancellationToken.None).AsTask();
        while (!running.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(3));
            await Task.Yield();
        }

        await running;
    }

    private sealed class Failing(int failures, Func<Exception> exception) : ICheckpointer
    {
        public int Calls { get; private set; }

        public ValueTask CheckpointAsync(CancellationToken cancellationToken = default) =>
            Calls++ < failures ? throw exception() : ValueTask.CompletedTask;

        public ValueTask CheckpointAsync(KinesisRecord record, CancellationToken cancellationToken = default) =>
            CheckpointAsync(cancellationToken);

        public ValueTask CheckpointAsync(
            SequenceNumber sequenceNumber,
            long subSequenceNumber = 0,
            CancellationToken cancellationToken = default) => CheckpointAsync(cancellationToken);

        public ValueTask<IPreparedCheckpoint> PrepareCheckpointAsync(
            ExtendedSequenceNumber? position = null,
            ReadOnlyMemory<byte> applicationState = default,
            CancellationToken cancellationToken = default) => throw new InvalidCheckpointException("no");
    }

    private sealed class Older : ILegacyRecordProcessor, IDisposable
    {
        public List<string> Calls { get; } = [];

        public ValueTask InitializeAsync(InitializationInput input, CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public ValueTask ProcessRecordsAsync(ProcessRecordsInput input, CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public ValueTask ShutdownAsync(ShutdownReason reason, ICheckpointer? checkpointer, CancellationToken cancellationToken)
        {
            Calls.Add($"{reason} {checkpointer is not null}");
            return ValueTask.CompletedTask;
        }

        public void Dispose() => Calls.Add("disposed");
    }
}
