using Microsoft.Extensions.Logging;

namespace Kcl.Internal;

/// <summary>Runs work in rounds in the background, with cancellation, with a delay after failures, and with an orderly end.</summary>
internal sealed partial class SupervisedLoop : IAsyncDisposable
{
    // Timers have an upper limit, and one unnecessary round a day does no harm.
    private static readonly TimeSpan MaxDelay = TimeSpan.FromDays(1);

    private readonly CancellationTokenSource _stop = new();
    private readonly Func<CancellationToken, ValueTask<TimeSpan>> _tick;
    private readonly Backoff _backoff;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly string _name;
    private TaskCompletionSource _woken = NewSignal();
    private bool _disposed;
    private Task _running = Task.CompletedTask;

    /// <summary>Initializes a loop. It does nothing before <see cref="Start"/>.</summary>
    /// <param name="name">The name used in logs.</param>
    /// <param name="tick">Does one round of work, and returns how long to wait before the next.</param>
    /// <param name="backoff">How long to wait after a failed round.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Receives the failures.</param>
    public SupervisedLoop(
        string name,
        Func<CancellationToken, ValueTask<TimeSpan>> tick,
        Backoff backoff,
        TimeProvider time,
        ILogger logger)
    {
        _name = name;
        _tick = tick;
        _backoff = backoff;
        _time = time;
        _logger = logger;
    }

    /// <summary>Starts the rounds. Call it once.</summary>
    public void Start()
    {
        using (ExecutionContext.SuppressFlow())
        {
            _running = Task.Run(RunAsync);
        }
    }

    /// <summary>
    /// Starts the next round immediately, or immediately after the current one. Several calls before that round count as one.
    /// </summary>
    public void Wake() => Volatile.Read(ref _woken).TrySetResult();

    /// <summary>Cancels the current round and waits until it has ended.</summary>
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
            // Created before the round: a wake-up during it requests another round, because this one may have read too early.
            var woken = NewSignal();
            Volatile.Write(ref _woken, woken);
            TimeSpan delay;
            try
            {
                delay = await _tick(_stop.Token).ConfigureAwait(false);
                failures = 0;
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // A background loop must survive every failure; failures are logged and followed by a delay.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                delay = _backoff.After(++failures);
                Report(exception, failures, delay);
            }

            // A round may return a negative delay, if the next round is already late. Timers drop fractions of a millisecond. Without
            // rounding up, the loop would run rounds until the last fraction has passed.
            delay = Durations.Clamp(delay, TimeSpan.Zero, MaxDelay);
            delay = TimeSpan.FromMilliseconds(Math.Ceiling(delay.TotalMilliseconds));
            await woken.Task.WaitAsync(delay, _time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Report(Exception failure, int failures, TimeSpan delay)
    {
        try
        {
            LogFailed(_logger, failure, _name, failures, delay);
        }
#pragma warning disable CA1031 // A logger that throws must not end the loop.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }

    // The round must not run on the thread that calls Wake.
    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    [LoggerMessage(
        1000,
        LogLevel.Warning,
        "Loop {Loop} failed {Failures} time(s) in a row; the next attempt is in {Delay}",
        EventName = "LoopFailed")]
    private static partial void LogFailed(ILogger logger, Exception exception, string loop, int failures, TimeSpan delay);
}
