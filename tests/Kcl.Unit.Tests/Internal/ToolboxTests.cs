using Kcl.Internal;

namespace Kcl.Unit.Tests.Internal;

public class ToolboxTests
{
    private readonly TestClock _time = new();

    [Fact]
    public void A_value_around_another_deviates_by_the_fraction_at_most()
    {
        var chance = new Chance(new Random(1));
        var values = Enumerable.Range(0, 1000).Select(_ => chance.Around(TimeSpan.FromSeconds(10), 0.1).TotalSeconds).ToList();

        Assert.All(values, v => Assert.InRange(v, 9, 11));
        Assert.True(values.Min() < 9.1 && values.Max() > 10.9);
    }

    [Fact]
    public void A_fork_is_determined_by_its_source() =>
        Assert.Equal(new Chance(new Random(7)).Fork().Next(), new Chance(new Random(7)).Fork().Next());

    [Theory]
    [InlineData(1, 2, 5, 2)]
    [InlineData(3, 2, 5, 3)]
    [InlineData(9, 2, 5, 5)]
    public void A_duration_is_moved_into_its_range(int value, int min, int max, int expected) =>
        Assert.Equal(
            TimeSpan.FromSeconds(expected),
            Durations.Clamp(TimeSpan.FromSeconds(value), TimeSpan.FromSeconds(min), TimeSpan.FromSeconds(max)));

    [Fact]
    public void A_throttle_reports_once_a_minute_and_counts_what_it_left_out()
    {
        var throttle = new LogThrottle(_time);

        Assert.True(throttle.ShouldReport(out var occurrences));
        Assert.Equal(1, occurrences);
        Assert.False(throttle.ShouldReport());
        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.False(throttle.ShouldReport());
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(throttle.ShouldReport(out occurrences));
        Assert.Equal(3, occurrences);
    }

    [Fact]
    public void A_moving_average_follows_its_samples()
    {
        var average = new MovingAverage(initial: 100);

        Assert.Equal(130, average.Add(200), 6);
        Assert.Equal(151, average.Add(200), 6);
        Assert.Equal(151, average.Value, 6);
    }

    [Fact]
    public async Task Disposal_prefers_the_asynchronous_way_and_accepts_what_is_not_disposable()
    {
        var both = new Both();

        await Disposal.DisposeIfDisposableAsync(both);
        await Disposal.DisposeIfDisposableAsync(new object());
        await Disposal.DisposeIfDisposableAsync(null);

        Assert.Equal("async", both.Disposed);
    }

    private sealed class Both : IDisposable, IAsyncDisposable
    {
        public string? Disposed { get; private set; }

        public void Dispose() => Disposed += "sync";

        public ValueTask DisposeAsync()
        {
            Disposed += "async";
            return ValueTask.CompletedTask;
        }
    }
}
