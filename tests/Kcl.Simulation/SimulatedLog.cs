using Microsoft.Extensions.Logging;

namespace Kcl.Simulation;

/// <summary>
/// The log of one worker's host. It throws, or blocks the calling thread until the simulation releases it.
/// </summary>
/// <remarks>The simulation has one thread, which must not be blocked. A call on that thread that would block is a violation.</remarks>
/// <param name="timeline">Receives violations.</param>
/// <param name="worker">The worker.</param>
internal sealed class SimulatedLog(Timeline timeline, string worker) : ILoggerFactory, ILogger
{
    private readonly object _gate = new();
    private LogFaults _fault;
    private int _blocked;

    /// <summary>Gets the number of calls that threw or blocked.</summary>
    public long Failures { get; private set; }

    /// <summary>Gets or sets the current fault.</summary>
    public LogFaults Fault
    {
        get
        {
            lock (_gate)
            {
                return _fault;
            }
        }

        set
        {
            lock (_gate)
            {
                _fault = value;
                Monitor.PulseAll(_gate);
            }
        }
    }

    /// <summary>Gets a value indicating whether a thread is blocked in the log.</summary>
    public bool IsBlocked
    {
        get
        {
            lock (_gate)
            {
                return _blocked > 0 && _fault == LogFaults.Block;
            }
        }
    }

    public ILogger CreateLogger(string categoryName)
    {
        Call();
        return this;
    }

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    // A provider blocks when it writes.
    public bool IsEnabled(LogLevel logLevel) => Fault == LogFaults.Throw ? throw Full() : logLevel >= LogLevel.Information;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter) => Call();

    public void Dispose()
    {
    }

    private static IOException Full() => new("simulated: no space left on the log's device");

    private void Call()
    {
        lock (_gate)
        {
            Failures += _fault == LogFaults.None ? 0 : 1;
            if (_fault == LogFaults.Throw)
            {
                throw Full();
            }

            if (_fault == LogFaults.Block && Thread.CurrentThread.IsThreadPoolThread)
            {
                timeline.Break($"{worker} waits for its log");
                return;
            }

            _blocked++;
            while (_fault == LogFaults.Block)
            {
                Monitor.Wait(_gate);
            }

            _blocked--;
            if (_fault == LogFaults.Throw)
            {
                throw Full();
            }
        }
    }
}
