using Kcl.Kinesis;
using Kcl.Streams;
using Kcl.Unit.Tests.Internal;
using static Kcl.Unit.Tests.Coordination.Shards;

namespace Kcl.Unit.Tests.Coordination;

public sealed class ShardListReaderTests : IDisposable
{
    private readonly TestClock _time = new();
    private readonly ListedStream _stream = new() { Shards = [Open(0, 0, UInt128.MaxValue)] };
    private readonly ShardListReader _shards;

    public ShardListReaderTests() => _shards = new(_stream, new StreamName("words"), _time);

    public void Dispose() => _shards.Dispose();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_listing_is_used_again_while_it_is_young_enough()
    {
        await _shards.ListAsync(TimeSpan.FromSeconds(1), Token);
        _time.Advance(TimeSpan.FromSeconds(0.9));
        await _shards.ListAsync(TimeSpan.FromSeconds(1), Token);
        Assert.Equal(1, _stream.Listings);
        _time.Advance(TimeSpan.FromSeconds(0.1));
        await _shards.ListAsync(TimeSpan.FromSeconds(1), Token);
        Assert.Equal(2, _stream.Listings);
    }

    [Fact]
    public async Task Who_needs_one_that_is_younger_than_the_question_is_not_given_one_that_was_begun_at_the_same_time()
    {
        await _shards.ListAsync(TimeSpan.Zero, Token);
        await _shards.ListAsync(TimeSpan.Zero, Token);
        Assert.Equal(2, _stream.Listings);
    }

    [Fact]
    public async Task Who_asks_while_a_listing_is_under_way_shares_the_next_one()
    {
        var go = new TaskCompletionSource();
        _stream.BeforeList = go.Task;
        var first = _shards.ListAsync(TimeSpan.Zero, Token).AsTask();
        _time.Advance(TimeSpan.FromMilliseconds(1));
        var waiting = Enumerable.Range(0, 5).Select(_ => _shards.ListAsync(TimeSpan.Zero, Token).AsTask()).ToArray();
        _time.Advance(TimeSpan.FromMilliseconds(1));
        _stream.Shards = [Open(1, 0, UInt128.MaxValue)];
        go.SetResult();
        await first;
        foreach (var listing in waiting)
        {
            Assert.Equal(Id(1), Assert.Single((await listing).Shards).ShardId);
        }

        Assert.Equal(2, _stream.Listings);
    }

    [Fact]
    public async Task A_stream_that_does_not_exist_is_named()
    {
        _stream.Shards = null;
        var failure = await Assert.ThrowsAsync<InvalidStateException>(async () => await _shards.ListAsync(TimeSpan.Zero, Token));
        Assert.Contains("words", failure.Message, StringComparison.Ordinal);
    }
}
