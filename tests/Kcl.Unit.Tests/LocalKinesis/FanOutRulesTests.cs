using CsCheck;
using Kcl.LocalKinesis.FanOut;
using Kcl.LocalKinesis.Http;

namespace Kcl.Unit.Tests.LocalKinesis;

public sealed class FanOutRulesTests
{
    private static ReadOnlySpan<byte> EmptyEvent =>
        """{"Records":[],"ContinuationSequenceNumber":"49590338271490256608559692538361571095921575989136588898","""u8
        + "\"MillisBehindLatest\":0}"u8;

    [Fact]
    public void Frames_are_those_that_other_implementations_decode()
    {
        Assert.Equal(
            "0000004700000035d9429f130d3a6d6573736167652d747970650700056576656e740b3a6576656e742d7479706507001069"
            + "6e697469616c2d726573706f6e73657b7d8de0c8a3",
            Frame(EventFrame.BeginInitialResponse, "{}"u8));
        Assert.Equal(
            "000000e80000005b813fdb0b0d3a6d6573736167652d747970650700056576656e740b3a6576656e742d7479706507001553"
            + "7562736372696265546f53686172644576656e740d3a636f6e74656e742d747970650700106170706c69636174696f6e2f6a"
            + "736f6e7b225265636f726473223a5b5d2c22436f6e74696e756174696f6e53657175656e63654e756d626572223a22343935"
            + "3930333338323731343930323536363038353539363932353338333631353731303935393231353735393839313336353838"
            + "383938222c224d696c6c6973426568696e644c6174657374223a307d8f7bf561",
            Frame(EventFrame.BeginEvent, EmptyEvent));
        Assert.Equal(
            "0000008300000064d9bbb06a0d3a6d6573736167652d74797065070009657863657074696f6e0f3a657863657074696f6e2d"
            + "747970650700165265736f75726365496e557365457863657074696f6e0d3a636f6e74656e742d747970650700106170706c"
            + "69636174696f6e2f6a736f6e7b226d657373616765223a2278227de1ecdf10",
            Frame(buffer => EventFrame.BeginException(buffer, "ResourceInUseException"), """{"message":"x"}"""u8));
    }

    [Theory]
    [InlineData(4999, "None", false)]
    [InlineData(4999, "Disconnected", false)]
    [InlineData(5000, "None", true)]
    [InlineData(5000, "Disconnected", true)]
    [InlineData(1, "Completed", true)]
    public void A_subscription_has_its_shard_to_itself_for_five_seconds(long after, string end, bool expected) =>
        Assert.Equal(expected, SubscriptionRegistry.CanBegin(1000, Enum.Parse<SubscriptionEnd>(end), 5000, 1000 + after));

    [Fact]
    public void There_is_never_more_than_one_subscription_of_a_consumer_and_shard() => Gen.Int[0, 3].List[1, 60].Sample(steps =>
    {
        var subscriptions = new SubscriptionRegistry(5000);
        var key = new SubscriptionKey(1, "app", 1, 0);
        var open = new List<Subscription>();
        long now = 0;
        foreach (var step in steps)
        {
            now += 1500;
            if (step < 2)
            {
                if (subscriptions.TryBegin(key, now) is { } begun)
                {
                    open.Add(begun);
                }
            }
            else if (open.Count > 0)
            {
                subscriptions.OnEnded(open[^1], step == 2 ? SubscriptionEnd.Disconnected : SubscriptionEnd.Completed);
                open.RemoveAt(open.Count - 1);
            }

            open.RemoveAll(subscription => subscription.Replaced.IsCancellationRequested);
            Assert.True(open.Count <= 1);
        }
    });

    private static string Frame(Action<PooledBuffer> begin, ReadOnlySpan<byte> payload)
    {
        using var buffer = new PooledBuffer();
        begin(buffer);
        payload.CopyTo(buffer.GetSpan(payload.Length));
        buffer.Advance(payload.Length);
        EventFrame.Finish(buffer);
        return Convert.ToHexStringLower(buffer.Written.Span);
    }
}
