using System.IO.Pipelines;
using System.Text;
using System.Threading.Channels;
using Kcl.Daemon.Children.Launching;
using Kcl.Daemon.Children.Relay;
using Kcl.Kinesis.Diagnostics;
using Kcl.MultiLang.Protocol;
using Kcl.Unit.Tests.Internal;
using Microsoft.Extensions.Logging;

namespace Kcl.Unit.Tests.Daemon;

public sealed class ChildConnectionTests : IAsyncDisposable
{
    private readonly FakeChild _child = new();
    private readonly TestClock _clock = new();
    private readonly LogList _log = new();
    private ChildConnection? _connection;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_child_that_ended_is_gone_two_seconds_later_though_its_output_stays_open()
    {
        var connection = Start();
        await _child.PrintAsync("{\"action\":\"status\",\"responseFor\":\"initialize\"}\n");
        await connection.Messages.WaitToReadAsync(Token);
        _child.Exit(new(1));
        Assert.False(connection.Disconnected.IsCancellationRequested);
        Assert.Equal(TimeSpan.FromSeconds(2), await _clock.AdvanceToNextTimerAsync());

        await WaitForEndAsync(connection);
        Assert.True(connection.Messages.TryRead(out _)); // earlier messages are not lost
        await Assert.ThrowsAsync<ChannelClosedException>(async () => await connection.Messages.ReadAsync(Token));
        Assert.Equal("it ended with exit code 1", await connection.DescribeEndAsync());
        var expected = "process 7 ended with exit code 1, but a process that it started holds its output open";
        Assert.Contains(_log.All, l => l.Contains(expected, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_group_of_a_child_that_ended_before_is_ended_without_waiting_for_it()
    {
        var connection = Start();
        _child.Exit(new(1));
        await _clock.AdvanceToNextTimerAsync();
        await WaitForEndAsync(connection);
        var before = _clock.GetUtcNow();
        await _clock.RunUntilAsync(connection.StopAsync(TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(2)).AsTask());

        Assert.Equal(["TERM", "KILL"], _child.Signals);
        Assert.InRange(_clock.GetUtcNow() - before, TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task A_child_whose_output_ends_with_it_is_gone_at_once_and_gets_no_signal()
    {
        var connection = Start();
        await _child.EndOutputAsync();
        _child.Exit(default);
        await WaitForEndAsync(connection);
        await connection.StopAsync(TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(2));

        Assert.Empty(_child.Signals);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Output_that_cannot_be_read_ends_the_connection_for_any_exception(bool stdout)
    {
        var failing = new FailingStream(new InvalidOperationException("no such thing"));
        _child.Replace(stdout ? failing : null, stdout ? null : failing);
        var connection = Start();
        await WaitForEndAsync(connection);

        var closed = await Assert.ThrowsAsync<ChannelClosedException>(async () => await connection.Messages.ReadAsync(Token));
        Assert.Equal("its output can no longer be read: no such thing", closed.InnerException!.Message);
    }

    [Fact]
    public async Task A_logger_that_throws_costs_its_lines_and_nothing_else()
    {
        _log.Failure = new IOException("No space left on device");
        var connection = Start(QueuedLoggerFactory.Wrap(new OneLog(_log)).CreateLogger("Kcl.Daemon.Children"));
        await _child.PrintAsync("noise\n");
        await _child.WriteErrorAsync("one\n");
        await _child.PrintAsync("{\"action\":\"status\",\"responseFor\":\"initialize\"}\n");
        Assert.True(await connection.Messages.WaitToReadAsync(Token));
        _log.Failure = null;
        await _child.WriteErrorAsync("two\n");

        await _log.WaitForAsync("] two");
        Assert.False(connection.Disconnected.IsCancellationRequested);
    }

    [Fact]
    public async Task Messages_from_before_an_action_are_distinguished_from_its_answer()
    {
        var connection = Start();
        await _child.PrintAsync("{\"action\":\"status\",\"responseFor\":\"initialize\"}\n{\"action\":\"checkpoint\"}\n");
        await _child.PrintAsync("{\"action\":\"status\",\"responseFor\":\"processRecords\"}\n");
        await Task.Run(async () =>
        {
            while (connection.Messages.Count < 3)
            {
                await Task.Yield();
            }
        }, Token).WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System, Token);

        Assert.Equal(2, connection.Begin(ActionNames.ProcessRecords));
        var warning = "sent a status for 'initialize' that no action was waiting for";
        Assert.Contains(_log.All, l => l.Contains(warning, StringComparison.Ordinal));
    }

    public async ValueTask DisposeAsync()
    {
        await _child.EndOutputAsync();
        _child.Exit(default);
        if (_connection is not null)
        {
            await _connection.DisposeAsync();
        }
    }

    private static async Task WaitForEndAsync(ChildConnection connection)
    {
        var gone = new TaskCompletionSource();
        await using var registration = connection.Disconnected.Register(gone.SetResult);
        await gone.Task.WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System, Token);
    }

    private ChildConnection Start() => Start(_log);

    private ChildConnection Start(ILogger logger) => _connection = new(_child, new("shardId-000000000000"), logger, logger, _clock);

    private sealed class FakeChild : IChildProcess
    {
        private readonly Pipe _stdout = new();
        private readonly Pipe _stderr = new();
        private readonly TaskCompletionSource<ChildExit> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public FakeChild()
        {
            Output = _stdout.Reader.AsStream();
            Error = _stderr.Reader.AsStream();
        }

        public List<string> Signals { get; } = [];

        public int Id => 7;

        public Stream Input { get; } = new MemoryStream();

        public Stream Output { get; private set; }

        public Stream Error { get; private set; }

        public Task<ChildExit> Exited => _exited.Task;

        public void Replace(Stream? output, Stream? error) => (Output, Error) = (output ?? Output, error ?? Error);

        public async Task PrintAsync(string text) => await _stdout.Writer.WriteAsync(Encoding.UTF8.GetBytes(text), Token);

        public async Task WriteErrorAsync(string text) => await _stderr.Writer.WriteAsync(Encoding.UTF8.GetBytes(text), Token);

        public void Exit(ChildExit exit) => _exited.TrySetResult(exit);

        public async Task EndOutputAsync()
        {
            await _stdout.Writer.CompleteAsync();
            await _stderr.Writer.CompleteAsync();
        }

        public void Terminate() => Signals.Add("TERM");

        public void Kill() => Signals.Add("KILL");

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class FailingStream(Exception failure) : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            ValueTask.FromException<int>(failure);
    }

    private sealed class OneLog(ILogger logger) : ILoggerFactory
    {
        public ILogger CreateLogger(string categoryName) => logger;

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public void Dispose()
        {
        }
    }
}
