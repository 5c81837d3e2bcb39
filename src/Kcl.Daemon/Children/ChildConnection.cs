using System.Threading.Channels;
using Kcl.MultiLang.Protocol;
using Microsoft.Extensions.Logging;

namespace Kcl.Daemon.Children;

/// <summary>The wires of one running child: its messages, its log lines, and its end, each watched all the time.</summary>
internal sealed class ChildConnection : IAsyncDisposable
{
    // A child sends one message and waits; this many that nobody waits for is one that does not follow the protocol.
    private const int MaxUnreadMessages = 64;

    // What a process wrote before it ended is in its pipes and read at once; something that it started holds those that stay open longer.
    private static readonly TimeSpan DrainGrace = TimeSpan.FromSeconds(2);

    private readonly IChildProcess _process;
    private readonly ShardId _shardId;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly Channel<ChildMessage> _messages = Channel.CreateBounded<ChildMessage>(
        new BoundedChannelOptions(MaxUnreadMessages) { SingleReader = true, SingleWriter = true });

    private readonly CancellationTokenSource _gone = new();
    private readonly MessageReader _reader;
    private readonly Task _reading;
    private readonly Task _relaying;
    private readonly Task _ended;
    private volatile bool _stopping;

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

    /// <summary>The child's process id.</summary>
    public int ProcessId => _process.Id;

    /// <summary>Writes to the child's stdin.</summary>
    public DaemonMessageWriter Writer { get; }

    /// <summary>Statuses and checkpoints; completed when the child is gone.</summary>
    public ChannelReader<ChildMessage> Messages => _messages.Reader;

    /// <summary>
    /// Cancelled when the child is gone: its stdout has ended, its process has, or its output cannot be followed any more.
    /// </summary>
    public CancellationToken Gone => _gone.Token;

    /// <summary>
    /// Must be called before an action is written. Throws away statuses that came while nothing was to be answered: Java takes them for the
    /// next answer and is out of step from there on. A checkpoint is kept: its child waits for the reply.
    /// </summary>
    /// <param name="action">The action.</param>
    /// <returns>How many messages are still unread that the child sent before the action.</returns>
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

    /// <summary>Must be called when the action was answered.</summary>
    public void End() => _reader.Call = null;

    /// <summary>
    /// The last line of the child's stdout, if it looks like a message and was not taken for one: then the child may wait for a reply.
    /// </summary>
    public string? RefusedLine => _reader.RefusedLine;

    /// <summary>How the child ended, if it has or does so at once.</summary>
    public async ValueTask<string> DescribeEndAsync() =>
        await _process.Exited.CompletesAsync(TimeSpan.FromSeconds(1), _time).ConfigureAwait(false)
            ? $"it ended with {await _process.Exited.ConfigureAwait(false)}"
            : "it closed its stdout but runs on";

    /// <summary>Ends the child, within bounds: closes its stdin, waits, sends TERM to its group, waits, sends KILL.</summary>
    /// <param name="exitGrace">How long it may take to end by itself.</param>
    /// <param name="killGrace">How long it may take after TERM.</param>
    public async ValueTask StopAsync(TimeSpan exitGrace, TimeSpan killGrace)
    {
        _stopping = true;
        await _process.Input.DisposeAsync().ConfigureAwait(false);
        if (exitGrace > TimeSpan.Zero)
        {
            await _ended.CompletesAsync(exitGrace, _time).ConfigureAwait(false);
        }

        // What the child started may hold its pipes open and write on: it is over only when those are closed too.
        if (!_process.Exited.IsCompleted || !_reading.IsCompleted || !_relaying.IsCompleted)
        {
            var over = Task.WhenAll(_process.Exited, _reading, _relaying);
            _logger.TerminatingChild(
                _shardId,
                ProcessId,
                _process.Exited.IsCompleted ? "something that it started holds the output of a child that has ended" : "the child did not end in time");
            _process.Terminate();
            if (!await over.CompletesAsync(killGrace, _time).ConfigureAwait(false))
            {
                _logger.KillingChild(_shardId, ProcessId);
                _process.Kill();
                await over.CompletesAsync(killGrace, _time).ConfigureAwait(false);
            }
        }

        if (_process.Exited.IsCompleted)
        {
            var exit = await _process.Exited.ConfigureAwait(false);
            _logger.ChildEnded(exit == default ? LogLevel.Debug : LogLevel.Information, _shardId, ProcessId, exit);
        }
    }

    /// <summary>Lets go of everything; a child that still runs is killed.</summary>
    public async ValueTask DisposeAsync()
    {
        _stopping = true;
        await _process.DisposeAsync().ConfigureAwait(false);
        // A read that does not end with its stream is left to itself: it must not hold up the shard.
        if (await Task.WhenAll(_reading, _relaying, _ended).CompletesAsync(DrainGrace, _time).ConfigureAwait(false))
        {
            _gone.Dispose();
        }
    }

    private async Task ReadMessagesAsync()
    {
        try
        {
            await _reader.ReadAsync().ConfigureAwait(false);
            var problem = _reader.IsFlooded ? $"it sent more than {MaxUnreadMessages} messages that nobody asked for" : null;
            await GoneAsync(problem is null ? null : new InvalidDataException(problem)).ConfigureAwait(false);
        }
        catch (Exception e) when (IsEndOfPipe(e))
        {
            await GoneAsync(e).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Nobody would learn of it otherwise, and the shard would wait for ever.
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
#pragma warning disable CA1031 // The child would write into a pipe that nobody reads, until it stands still.
        catch (Exception e)
#pragma warning restore CA1031
        {
            await FailAsync(e).ConfigureAwait(false);
        }
    }

    /// <summary>Completes when the process has ended and so have its outputs, or have had their time for it.</summary>
    private async Task WatchExitAsync()
    {
        var exit = await _process.Exited.ConfigureAwait(false);
        if (!await Task.WhenAll(_reading, _relaying).CompletesAsync(DrainGrace, _time).ConfigureAwait(false))
        {
            if (!_stopping)
            {
                _logger.ChildOutlived(_shardId, ProcessId, exit);
            }

            await GoneAsync(null).ConfigureAwait(false);
        }
    }

    private Task FailAsync(Exception e)
    {
        _logger.OutputFailed(e, _shardId, ProcessId);
        return GoneAsync(new InvalidDataException($"its output cannot be read any more: {e.Message}", e));
    }

    private async Task GoneAsync(Exception? problem)
    {
        _messages.Writer.TryComplete(problem);
        await _gone.CancelAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static bool IsEndOfPipe(Exception e) => e is IOException or ObjectDisposedException or OperationCanceledException;
}
