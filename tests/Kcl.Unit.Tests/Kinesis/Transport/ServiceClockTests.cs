using Kcl.Kinesis.Transport;
using Microsoft.Extensions.Time.Testing;

namespace Kcl.Unit.Tests.Kinesis.Transport;

public sealed class ServiceClockTests
{
    private static readonly DateTimeOffset Date = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly FakeTimeProvider _time = new();
    private readonly ServiceClock _clock;

    public ServiceClockTests() => _clock = new(_time);

    [Fact]
    public void Without_a_response_it_is_not_known() => Assert.Null(_clock.Estimate);

    [Fact]
    public void Without_a_date_it_is_not_known()
    {
        Observe(null);
        Assert.Null(_clock.Estimate);
    }

    [Fact]
    public void It_continues_from_the_date_of_a_response()
    {
        Observe(Date);
        Assert.Equal(Date, _clock.Estimate);
        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(Date + TimeSpan.FromSeconds(3), _clock.Estimate);
    }

    [Fact]
    public void A_later_response_corrects_it()
    {
        Observe(Date);
        _time.Advance(TimeSpan.FromSeconds(10));
        Observe(Date + TimeSpan.FromMinutes(1));
        Assert.Equal(Date + TimeSpan.FromMinutes(1), _clock.Estimate);
    }

    private void Observe(DateTimeOffset? date)
    {
        using var response = new HttpResponseMessage();
        response.Headers.Date = date;
        _clock.Observe(response);
    }
}
