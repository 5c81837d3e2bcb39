using System.Runtime.InteropServices;
using Kcl.Cli.Internal;
using Microsoft.Extensions.Time.Testing;

namespace Kcl.Unit.Tests.Cli;

public sealed class StopSignalsTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly StopSignals _signals;

    public StopSignalsTests() => _signals = new(_time);

    public void Dispose() => _signals.Dispose();

    /// <summary>GNU <c>timeout</c>, for example, signals the process and then its group, which includes the process.</summary>
    [Fact]
    public void A_signal_that_comes_twice_within_a_second_is_one_request_to_stop()
    {
        Assert.True(IsHandled(PosixSignal.SIGTERM));
        _time.Advance(TimeSpan.FromMilliseconds(999));
        Assert.True(IsHandled(PosixSignal.SIGTERM));
        Assert.True(_signals.Token.IsCancellationRequested);
    }

    [Fact]
    public void A_later_one_ends_the_process()
    {
        Assert.True(IsHandled(PosixSignal.SIGINT));
        _time.Advance(TimeSpan.FromMilliseconds(999));
        Assert.True(IsHandled(PosixSignal.SIGINT));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.False(IsHandled(PosixSignal.SIGINT));
    }

    private bool IsHandled(PosixSignal signal)
    {
        var context = new PosixSignalContext(signal);
        _signals.Handle(context);
        return context.Cancel;
    }
}
