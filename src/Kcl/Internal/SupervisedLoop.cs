using Microsoft.Extensions.Logging;

namespace Kcl.Internal;

/// <summary>The one background loop of the house: cancellation, backoff, heartbeat and teardown live here and nowhere else.</summary>
internal sealed partial class SupervisedLoop : IAsyncDisposable
{
    // Task timers take no longer rest; waking up once a day for nothing does no harm.
    private static readonly TimeSpan LongestRest = TimeSpan.FromDays(1);

    private readonly CancellationTokenSource _stop = new();
    private readonly Func<CancellationToken, ValueTask<TimeSpan>> _tick;
    private readonly Backoff _backoff;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly string _name;
    private TaskCompletionSource _woken = NewSignal();
    private long _lastTick;
    private bool _disposed;
    private Task _running = Task.CompletedTask;

    /// <param name="name">The name used in logs.</param>
    /// <param name="tick">Does one round of work and says how long to rest before the next.</param>
    /// <param name="backoff">How long to rest after a failure instead.</param>
    /// <param name="time">The clock; tests pass a fake one.</param>
    /// <param name="logger">Where failures are reported.</param>
    public SupervisedLoop(string name, Func<CancellationToken, ValueTask<TimeSpan>> tick, Backoff backoff, TimeProvider time, ILogger logger)
    {
        (_name, _tick, _backoff, _time, _logger) = (name, tick, backoff, time, logger);
        _lastTick = time.GetTimestamp();
    }

    /// <summary>How long ago the current or last round began. A health check compares this with what the owner promised.</summary>
    public TimeSpan SinceLastTick => _time.GetElapsedTime(Volatile.Read(ref _lastTick));

    /// <summary>Starts the rounds. Once only.</summary>
    public void Start()
    {
        using (ExecutionContext.SuppressFlow())
        {
            _running = Task.Run(RunAsync);
        }
    }

    /// <summary>Ends the current rest, or the one after the current round, at once. Several calls before that round count as one.</summary>
    public void Wake() => Volatile.Read(ref _woken).TrySetResult();

    /// <summary>Cancels the round under way and waits until it has ended.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!Interlocked.Exchange(ref _disposed, true))
        {
            await _stop.CancelAsync().ConfigureAwait(false);
            await _running.ConfigureAwait(false);
            _stop.Dispose();
        }
    }

    private async Task RunAsync()
    {
        var failures = 0;
        while (!_stop.IsCancellationRequested)
        {
            // Armed before the round: a wake-up during it asks for another round, since this one may have read too early.
            var woken = NewSignal();
            Volatile.Write(ref _woken, woken);
            Volatile.Write(ref _lastTick, _time.GetTimestamp());
            TimeSpan rest;
            try
            {
                rest = await _tick(_stop.Token).ConfigureAwait(false);
                failures = 0;
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // A background loop must outlive any one failure; the failure is logged and paced.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                rest = _backoff.After(++failures);
                Report(exception, failures, rest);
            }

            // A tick that says "already late" must not kill the loop.
            // Waits are cut to whole milliseconds: rounded up, or the last part of one would be spent going round and round.
            rest = rest < TimeSpan.Zero ? TimeSpan.Zero : rest > LongestRest ? LongestRest : TimeSpan.FromMilliseconds(Math.Ceiling(rest.TotalMilliseconds));
            await woken.Task.WaitAsync(rest, _time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Report(Exception failure, int failures, TimeSpan rest)
    {
        try
        {
            LogFailed(_logger, failure, _name, failures, rest);
        }
#pragma warning disable CA1031 // A log that throws must not end the loop either.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }

    // Whoever wakes the loop must not run its round.
    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    [LoggerMessage(1000, LogLevel.Warning, "Loop {Loop} failed {Failures} time(s) in a row; next try in {Delay}", EventName = "LoopFailed")]
    private static partial void LogFailed(ILogger logger, Exception exception, string loop, int failures, TimeSpan delay);
}
