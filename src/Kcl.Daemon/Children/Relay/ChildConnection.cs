using System.Threading.Channels;
using Kcl.Daemon.Children.Launching;
using Kcl.Daemon.Internal;
using Kcl.MultiLang.Protocol;
using Microsoft.Extensions.Logging;

namespace Kcl.Daemon.Children.Relay;

/// <summary>The connection to a running child. Reads its messages, reads its log lines, and detects its end, all concurrently.</summary>
internal sealed class ChildConnection : IAsyncDisposable
{
    // A child sends one message and waits for the reply. A child with this many unread messages does not follow the protocol.
    private const int MaxUnreadMessages = 64;

    // After a process has ended, its remaining output is in the pipes and is read immediately. Pipes that stay open longer are held open
    // by a process that the child started.
    private static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(2);

    private readonly IChildProcess _process;
    private readonly ShardId _shardId;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly Channel<ChildMessage> _messages = Channel.CreateBounded<ChildMessage>(
        new BoundedChannelOptions(MaxUnreadMessages) { SingleReader = true, SingleWriter = true });

    private readonly CancellationTokenSource _disconnected = new();
    private readonly MessageReader _reader;
    private readonly Task _reading;
    private readonly Task _relaying;
    private readonly Task _ended;
    private volatile bool _stopping;

    /// <param name="process">The process. It is disposed with the connection.</param>
    /// <param name="shardId">The shard.</param>
    /// <param name="logger">The daemon's logger.</param>
    /// <param name="childLogger">The logger for the lines that the child writes to stderr.</param>
    /// <param name="time">The clock.</param>
    public ChildConnection(IChildProcess process, ShardId shardId, ILogger logger, ILogger childLogger, TimeProvider time)
    {
        _process = process;
        _shardId = shardId;
        _logger = logger;
        _time = time;
        Writer = new(process.Input);
        _reader = new(process.Output, shardId, logger, time, _messages.Writer.TryWrite);
        var relay = new ErrorRelay(process.Error, shardId, logger, childLogger, time);
        using (ExecutionContext.SuppressFlow())
        {
            _reading = Task.Run(ReadMessagesAsync);
            _relaying = Task.Run(() => RelayErrorsAsync(relay));
            _ended = Task.Run(WatchExitAsync);
        }
    }

    /// <summary>Gets the child's process id.</summary>
    public int ProcessId => _process.Id;

    /// <summary>Gets the writer to the child's stdin.</summary>
    public DaemonMessageWriter Writer { get; }

    /// <summary>Gets the statuses and checkpoints of the child. Completes when <see cref="Disconnected"/> is canceled.</summary>
    public ChannelReader<ChildMessage> Messages => _messages.Reader;

    /// <summary>
    /// Gets the token that is canceled when the child has closed its stdout or ended, or when its output cannot be read.
    /// </summary>
    public CancellationToken Disconnected => _disconnected.Token;

    /// <summary>
    /// Begins an action; must be called before the action is written. Drops statuses that the child sent while no answer was expected;
    /// Java's daemon takes each of them as the answer to the next action. Checkpoints are kept, since the child waits for their replies.
    /// </summary>
    /// <param name="action">The action.</param>
    /// <returns>The number of unread messages that the child sent before the action.</returns>
    public int Begin(string action)
    {
        while (_messages.Reader.TryPeek(out var message) && message.Kind == ChildMessageKind.Status)
        {
            _messages.Reader.TryRead(out _);
            _logger.StaleStatus(_shardId, OneLine.Of(message.Name));
        }

        _reader.Call = action;
        return _messages.Reader.Count;
    }

    /// <summary>Ends an action; must be called when the child has answered it.</summary>
    public void End() => _reader.Call = null;

    /// <summary>
    /// Gets the last line of the child's stdout if it looks like a message but was not accepted as one; the child may wait for a reply.
    /// </summary>
    public string? RefusedLine => _reader.RefusedLine;

    /// <summary>Describes how the child ended, if it has ended or ends within a second.</summary>
    public async ValueTask<string> DescribeEndAsync() =>
        await _process.Exited.CompletesAsync(TimeSpan.FromSeconds(1), _time).ConfigureAwait(false)
            ? $"it ended with {await _process.Exited.ConfigureAwait(false)}"
            : "it has closed its stdout but is still running";

    /// <summary>Ends the child: closes its stdin, waits, sends TERM to its process group, waits, sends KILL.</summary>
    /// <param name="exitTimeout">How long the child may take to exit after its stdin is closed.</param>
    /// <param name="killTimeout">How long the child may take to exit after TERM.</param>
    public async ValueTask StopAsync(TimeSpan exitTimeout, TimeSpan killTimeout)
    {
        _stopping = true;
        await _process.Input.DisposeAsync().ConfigureAwait(false);
        if (exitTimeout > TimeSpan.Zero)
        {
            await _ended.CompletesAsync(exitTimeout, _time).ConfigureAwait(false);
        }

        // A process that the child started may hold the pipes open and continue to write, so wait until the pipes are closed too.
        if (!_process.Exited.IsCompleted || !_reading.IsCompleted || !_relaying.IsCompleted)
        {
            var ended = Task.WhenAll(_process.Exited, _reading, _relaying);
            _logger.TerminatingChild(
                _shardId,
                ProcessId,
                _process.Exited.IsCompleted ? "the child has ended, but a process that it started holds its output open"
                    : "the child did not end in time");
            _process.Terminate();
            if (!await ended.CompletesAsync(killTimeout, _time).ConfigureAwait(false))
            {
                _logger.KillingChild(_shardId, ProcessId);
                _process.Kill();
                await ended.CompletesAsync(killTimeout, _time).ConfigureAwait(false);
            }
        }

        if (_process.Exited.IsCompleted)
        {
            var exit = await _process.Exited.ConfigureAwait(false);
            _logger.ChildEnded(exit == default ? LogLevel.Debug : LogLevel.Information, _shardId, ProcessId, exit);
        }
    }

    /// <summary>Releases the process. A child that is still running is killed.</summary>
    public async ValueTask DisposeAsync()
    {
        _stopping = true;
        await _process.DisposeAsync().ConfigureAwait(false);
        // A read may not end although its stream was closed. It must not delay the shard, so the wait is limited.
        if (await Task.WhenAll(_reading, _relaying, _ended).CompletesAsync(DrainTimeout, _time).ConfigureAwait(false))
        {
            _disconnected.Dispose();
        }
    }

    private async Task ReadMessagesAsync()
    {
        try
        {
            await _reader.ReadAsync().ConfigureAwait(false);
            var problem = _reader.IsFlooded ? $"it sent more than {MaxUnreadMessages} messages without waiting for replies" : null;
            await DisconnectAsync(problem is null ? null : new InvalidDataException(problem)).ConfigureAwait(false);
        }
        catch (Exception e) when (IsEndOfPipe(e))
        {
            await DisconnectAsync(e).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // An exception of this task is not observed: without this handler, the shard would wait forever.
        catch (Exception e)
#pragma warning restore CA1031
        {
            await FailAsync(e).ConfigureAwait(false);
        }
    }

    private async Task RelayErrorsAsync(ErrorRelay relay)
    {
        try
        {
            await relay.ReadAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (IsEndOfPipe(e))
        {
            _logger.StandardErrorLost(e, _shardId);
        }
#pragma warning disable CA1031 // Without this handler, nobody would read the pipe, and the child would block when it is full.
        catch (Exception e)
#pragma warning restore CA1031
        {
            await FailAsync(e).ConfigureAwait(false);
        }
    }

    /// <summary>Waits until the process has ended, and then for the end of its outputs, for a limited time.</summary>
    private async Task WatchExitAsync()
    {
        var exit = await _process.Exited.ConfigureAwait(false);
        if (!await Task.WhenAll(_reading, _relaying).CompletesAsync(DrainTimeout, _time).ConfigureAwait(false))
        {
            if (!_stopping)
            {
                _logger.ChildOutlived(_shardId, ProcessId, exit);
            }

            await DisconnectAsync(null).ConfigureAwait(false);
        }
    }

    private Task FailAsync(Exception e)
    {
        _logger.OutputFailed(e, _shardId, ProcessId);
        return DisconnectAsync(new InvalidDataException($"its output can no longer be read: {e.Message}", e));
    }

    private async Task DisconnectAsync(Exception? problem)
    {
        _messages.Writer.TryComplete(problem);
        await _disconnected.CancelAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static bool IsEndOfPipe(Exception e) => e is IOException or ObjectDisposedException or OperationCanceledException;
}
