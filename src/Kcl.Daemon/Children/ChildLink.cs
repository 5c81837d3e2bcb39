using System.Text;
using System.Threading.Channels;
using Kcl.MultiLang.Protocol;
using Microsoft.Extensions.Logging;

namespace Kcl.Daemon.Children;

/// <summary>The wires of one running child: its messages, its log lines, and its end, each watched all the time.</summary>
internal sealed class ChildLink : IAsyncDisposable
{
    // Messages are a few hundred bytes; whatever is longer is no message.
    private const int MaxMessageLength = 64 * 1024;
    private const int MaxLogLineLength = 8 * 1024;
    private const int MaxLoggedNoise = 512;

    // A child sends one message and waits; this many that nobody waits for is one that does not follow the protocol.
    private const int MaxUnreadMessages = 64;

    private readonly IChildProcess _process;
    private readonly ShardId _shardId;
    private readonly ILogger _logger;
    private readonly ILogger _childLogger;
    private readonly TimeProvider _time;
    private readonly Channel<ChildMessage> _messages = Channel.CreateBounded<ChildMessage>(new BoundedChannelOptions(MaxUnreadMessages) { SingleReader = true, SingleWriter = true });
    private readonly CancellationTokenSource _gone = new();
    private readonly Task _reading;
    private readonly Task _relaying;

    public ChildLink(IChildProcess process, ShardId shardId, ILogger logger, ILogger childLogger, TimeProvider time)
    {
        (_process, _shardId, _logger, _childLogger, _time) = (process, shardId, logger, childLogger, time);
        Writer = new(process.Input);
        using (ExecutionContext.SuppressFlow())
        {
            _reading = Task.Run(ReadMessagesAsync);
            _relaying = Task.Run(RelayErrorsAsync);
        }
    }

    /// <summary>The child's process id.</summary>
    public int ProcessId => _process.Id;

    /// <summary>Writes to the child's stdin.</summary>
    public DaemonMessageWriter Writer { get; }

    /// <summary>Statuses and checkpoints; completed when the child's stdout has ended.</summary>
    public ChannelReader<ChildMessage> Messages => _messages.Reader;

    /// <summary>Cancelled when the child's stdout has ended or cannot be followed any more.</summary>
    public CancellationToken Gone => _gone.Token;

    /// <summary>Throws away what came while nothing was to be answered; Java takes it for the next answer and is out of step from there on. A checkpoint is kept: its child waits for the reply.</summary>
    public void DropStale()
    {
        while (_messages.Reader.TryPeek(out var message) && message.Kind == ChildMessageKind.Status)
        {
            _messages.Reader.TryRead(out _);
            _logger.StaleStatus(_shardId, message.Name);
        }
    }

    /// <summary>How the child ended, if it has or does so at once.</summary>
    public async ValueTask<string> DescribeEndAsync()
    {
        await Task.WhenAny(_process.Exited, Task.Delay(TimeSpan.FromSeconds(1), _time)).ConfigureAwait(false);
        return _process.Exited.IsCompletedSuccessfully ? $"it ended with {await _process.Exited.ConfigureAwait(false)}" : "it closed its stdout but runs on";
    }

    /// <summary>Ends the child, within bounds: closes its stdin, waits, sends TERM to its group, waits, sends KILL.</summary>
    /// <param name="exitGrace">How long it may take to end by itself.</param>
    /// <param name="killGrace">How long it may take after TERM.</param>
    public async ValueTask StopAsync(TimeSpan exitGrace, TimeSpan killGrace)
    {
        await _process.Input.DisposeAsync().ConfigureAwait(false);
        // What the child started may hold its pipes open and write on: it is over only when those are closed too.
        var over = Task.WhenAll(_process.Exited, _reading, _relaying);
        if (exitGrace > TimeSpan.Zero && await CompletesAsync(over, exitGrace).ConfigureAwait(false))
        {
            await LogEndAsync().ConfigureAwait(false);
            return;
        }

        _logger.TerminatingChild(_shardId, ProcessId, _process.Exited.IsCompleted);
        _process.Terminate();
        if (!await CompletesAsync(over, killGrace).ConfigureAwait(false))
        {
            _logger.KillingChild(_shardId, ProcessId);
            _process.Kill();
            await CompletesAsync(over, killGrace).ConfigureAwait(false);
        }

        await LogEndAsync().ConfigureAwait(false);
    }

    /// <summary>Lets go of everything; a child that still runs is killed.</summary>
    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync().ConfigureAwait(false);
        await Task.WhenAll(_reading, _relaying).ConfigureAwait(false);
        _gone.Dispose();
    }

    private async ValueTask<bool> CompletesAsync(Task task, TimeSpan within)
    {
        if (!task.IsCompleted)
        {
            using var enough = new CancellationTokenSource();
            await Task.WhenAny(task, Task.Delay(within, _time, enough.Token)).ConfigureAwait(false);
            await enough.CancelAsync().ConfigureAwait(false);
        }

        return task.IsCompleted;
    }

    private async ValueTask LogEndAsync()
    {
        if (_process.Exited.IsCompleted)
        {
            var exit = await _process.Exited.ConfigureAwait(false);
            _logger.ChildEnded(exit == default ? LogLevel.Debug : LogLevel.Information, _shardId, ProcessId, exit);
        }
    }

    private async Task ReadMessagesAsync()
    {
        Exception? problem = null;
        try
        {
            var reader = new LineReader(_process.Output, MaxMessageLength);
            var gate = new NoiseGate(_time);
            while (problem is null && await reader.ReadLineAsync(CancellationToken.None).ConfigureAwait(false) is { } line)
            {
                var message = ChildMessageParser.Parse(line.Span);
                switch (message.Kind)
                {
                    case ChildMessageKind.Status or ChildMessageKind.Checkpoint when !_messages.Writer.TryWrite(message):
                        problem = new InvalidDataException($"it sent more than {MaxUnreadMessages} messages that nobody asked for");
                        break;
                    case ChildMessageKind.Noise:
                        LogNoise(gate, line.Span);
                        break;
                    case ChildMessageKind.Other:
                        _logger.UnexpectedMessage(_shardId, message.Name);
                        break;
                }
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            problem = e;
        }

        _messages.Writer.TryComplete(problem);
        await _gone.CancelAsync().ConfigureAwait(false);
    }

    private void LogNoise(NoiseGate gate, ReadOnlySpan<byte> line)
    {
        var pass = gate.Pass(out var suppressed);
        if (suppressed > 0)
        {
            _logger.NoiseSuppressed(_shardId, suppressed);
        }

        if (pass && _logger.IsEnabled(LogLevel.Information))
        {
            _logger.Noise(_shardId, Encoding.UTF8.GetString(line[..Math.Min(line.Length, MaxLoggedNoise)]), line.Length);
        }
    }

    private async Task RelayErrorsAsync()
    {
        try
        {
            var reader = new LineReader(_process.Error, MaxLogLineLength);
            while (await reader.ReadLineAsync(CancellationToken.None).ConfigureAwait(false) is { } line)
            {
                if (_childLogger.IsEnabled(LogLevel.Information))
                {
                    _childLogger.ChildSays(_shardId, Encoding.UTF8.GetString(line.Span), reader.WasTruncated ? " (cut)" : "");
                }
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            _logger.StandardErrorLost(e, _shardId);
        }
    }
}
