using System.Runtime.InteropServices;

namespace Kcl.Cli.Internal;

/// <summary>
/// Requests a stop at the first SIGTERM, SIGINT or SIGHUP. Another signal after more than a second ends the process immediately. A signal
/// within that second is ignored, since supervisors and <c>timeout</c> signal a process and then its group.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    private static readonly TimeSpan SameRequest = TimeSpan.FromSeconds(1);
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
            context.Cancel = _time.GetElapsedTime(Volatile.Read(ref _requestedAt)) < SameRequest;
        }
        else
        {
            context.Cancel = true;
            Volatile.Write(ref _requestedAt, _time.GetTimestamp());
            // Not on the signal's thread: the callbacks can take long, and the next signal must be handled.
            _ = _stop.CancelAsync();
        }
    }
}
