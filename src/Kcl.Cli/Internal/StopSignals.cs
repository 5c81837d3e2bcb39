using System.Runtime.InteropServices;

namespace Kcl.Cli.Internal;

/// <summary>
/// Turns the first SIGTERM, SIGINT or SIGHUP into a request to stop. One that follows later than a second ends the process at once; within
/// the second it counts as the same, since supervisors and <c>timeout</c> signal a process and its group one after the other.
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

    /// <summary>Cancelled by the first signal.</summary>
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
            // Not on the signal's thread: what stops may take its time, and the next signal must get through.
            _ = _stop.CancelAsync();
        }
    }
}
