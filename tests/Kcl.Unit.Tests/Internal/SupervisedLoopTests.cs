using System.Threading.Channels;
using Kcl.Internal;
using Kcl.Unit.Tests.Consuming;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kcl.Unit.Tests.Internal;

public class SupervisedLoopTests
{
    private static readonly TimeSpan WaitTimeout = TimeSpan.FromSeconds(10);

    private readonly TestClock _time = new();
    private readonly Channel<int> _ticks = Channel.CreateUnbounded<int>();
    private int _count;

    [Fact]
    public async Task Rests_as_long_as_the_round_said_and_survives_a_failing_one()
    {
        await using var loop = Loop(_ => ++_count == 2 ? throw new InvalidOperationException("boom") : new(TimeSpan.FromSeconds(5)));
        loop.Start();

        Assert.Equal(1, await NextTickAsync());
        await _time.AdvanceWhenArmedAsync(TimeSpan.FromSeconds(5));
        Assert.Equal(2, await NextTickAsync());
        await _time.AdvanceWhenArmedAsync(TimeSpan.FromSeconds(8));
        Assert.Equal(3, await NextTickAsync());
    }

    [Fact]
    public async Task A_log_that_throws_does_not_end_the_loop()
    {
        var log = new LogCollector { OnLog = _ => throw new IOException("disk full") };
        await using var loop = Loop(_ => ++_count < 3 ? throw new InvalidOperationException("boom") : new(TimeSpan.FromHours(1)), log);
        loop.Start();

        Assert.Equal(1, await NextTickAsync());
        await _time.AdvanceWhenArmedAsync(TimeSpan.FromSeconds(1));
        Assert.Equal(2, await NextTickAsync());
        await _time.AdvanceWhenArmedAsync(TimeSpan.FromSeconds(2));
        Assert.Equal(3, await NextTickAsync());
    }

    [Fact]
    public async Task A_wake_up_ends_the_rest()
    {
        await using var loop = Loop(_ => new(TimeSpan.FromHours(1)));
        loop.Start();

        await NextTickAsync();
        loop.Wake();
        await NextTickAsync();
    }

    [Fact]
    public async Task A_wake_up_during_a_round_asks_for_another()
    {
        var started = new TaskCompletionSource();
        var finish = new TaskCompletionSource();
        await using var loop = Loop(async _ =>
        {
            started.TrySetResult();
            await finish.Task;
            return TimeSpan.FromHours(1);
        });
        loop.Start();

        await started.Task.WaitAsync(WaitTimeout, TestContext.Current.CancellationToken);
        loop.Wake();
        finish.SetResult();
        await NextTickAsync();
        await NextTickAsync();
    }

    [Fact]
    public async Task Impossible_rests_do_not_kill_the_loop()
    {
        TimeSpan[] rests = [TimeSpan.FromSeconds(-1), TimeSpan.MinValue, TimeSpan.Zero, TimeSpan.MaxValue];
        await using var loop = Loop(_ => new(rests[_count++]));
        loop.Start();

        foreach (var _ in rests)
        {
            await NextTickAsync();
        }
    }

    [Fact]
    public async Task Disposal_cancels_the_round_and_is_idempotent()
    {
        var loop = Loop(async token =>
        {
            await Task.Delay(Timeout.Infinite, token);
            return TimeSpan.Zero;
        });
        loop.Start();

        await loop.DisposeAsync().AsTask().WaitAsync(WaitTimeout, TestContext.Current.CancellationToken);
        await loop.DisposeAsync();
    }

    private SupervisedLoop Loop(Func<CancellationToken, ValueTask<TimeSpan>> tick, ILogger? logger = null) => new(
        "test",
        async token =>
        {
            try
            {
                return await tick(token);
            }
            finally
            {
                _ticks.Writer.TryWrite(_count);
            }
        },
        new Backoff(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(8), new Chance(new Random(1))),
        _time,
        logger ?? NullLogger.Instance);

    private async Task<int> NextTickAsync() =>
        await _ticks.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(WaitTimeout);
}
