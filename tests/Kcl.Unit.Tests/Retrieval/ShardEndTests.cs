using Kcl.Kinesis;
using Kcl.Retrieval;
using Kcl.Streams;
using Kcl.Unit.Tests.Consuming;
using Microsoft.Extensions.Time.Testing;

namespace Kcl.Unit.Tests.Retrieval;

public sealed class ShardEndTests
{
    private static readonly ShardListing Absent = new(Exists: false, IsOpen: false, []);
    private static readonly ShardListing Open = new(Exists: true, IsOpen: true, []);

    private readonly FakeTimeProvider _time = new();
    private readonly FakeCoordination _coordination = new();
    private readonly ShardEnd _end;

    public ShardEndTests() => _end = new(_coordination, new(new StreamName("words"), new("shardId-000000000000")), _time);

    [Fact]
    public async Task A_shard_has_ended_when_lists_have_been_without_it_for_as_long_as_a_list_may_be_behind()
    {
        _coordination.OnLookUp = () => Absent;
        Assert.Equal(ShardEndDecision.ReadOn, await AskAsync());
        _time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.Equal(ShardEndDecision.ReadOn, await AskAsync());
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal(ShardEndDecision.Ended, await AskAsync());
    }

    [Fact]
    public async Task A_list_that_was_asked_for_long_before_it_came_proves_no_long_absence()
    {
        _coordination.OnLookUp = () => Absent;
        Assert.Equal(ShardEndDecision.ReadOn, await AskAsync());

        // The process is frozen between the request and the response.
        _time.Advance(TimeSpan.FromSeconds(1));
        _coordination.OnLookUp = () =>
        {
            _time.Advance(TimeSpan.FromMinutes(1));
            return Absent;
        };
        Assert.Equal(ShardEndDecision.ReadOn, await AskAsync());
    }

    [Fact]
    public async Task A_list_that_shows_the_shard_ends_its_absence()
    {
        _coordination.OnLookUp = () => Absent;
        Assert.Equal(ShardEndDecision.ReadOn, await AskAsync());
        _time.Advance(TimeSpan.FromSeconds(3));
        _coordination.OnLookUp = () => Open;
        Assert.Equal(ShardEndDecision.ReadOn, await AskAsync());
        _time.Advance(TimeSpan.FromSeconds(3));
        _coordination.OnLookUp = () => Absent;
        Assert.Equal(ShardEndDecision.ReadOn, await AskAsync());
    }

    private async Task<ShardEndDecision> AskAsync() =>
        (await _end.AfterNotFoundAsync(StartingPosition.TrimHorizon, isAmbiguous: false, TestContext.Current.CancellationToken)).Decision;
}
