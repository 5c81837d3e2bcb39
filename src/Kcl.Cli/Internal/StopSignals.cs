using System.Runtime.InteropServices;

namespace Kcl.Cli.Internal;

/// <summary>
/// Requests a stop at the first SIGTERM, SIGINT or SIGHUP. A second signal within one second is ignored, since supervisors and
/// <c>timeout</c> send a signal to a process and then to its group. A later signal ends the process immediately.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    private static readonly TimeSpan SameRequestPeriod = TimeSpan.FromSeconds(1);
    private readonly CancellationTokenSource _stop = new();
    private readonly TimeProvider _time;
    private readonly PosixSignalRegistration[] _registrations;
    private long _requestedAt;

    /// <param name="time">The clock.</param>
    public StopSignals(TimeProvider time)
    {
        _time = time;
        PosixSignal[] signals = [PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGHUP];
        _registrations = [.. signals.Select(signal => PosixSignalRegistration.Create(signal, Handle))];
    }

    /// <summary>Gets the token that the first signal cancels.</summary>
    public CancellationToken Token => _stop.Token;

    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }

        _stop.Dispose();
    }

    internal void Handle(PosixSignalContext context)
    {
        if (_stop.IsCancellationRequested)
        {
            context.Cancel = _time.GetElapsedTime(Volatile.Read(ref _requestedAt)) < SameRequestPeriod;
        }
        else
        {
            context.Cancel = true;
            Volatile.Write(ref _requestedAt, _time.GetTimestamp());
            // The callbacks do not run on the thread of the signals: they can take long, and the next signal must be handled.
            _ = _stop.CancelAsync();
        }
    }
}
