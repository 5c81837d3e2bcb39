using Kcl.Kinesis;
using Kcl.Leasing;
using Kcl.Streams;

namespace Kcl.Unit.Tests.Leasing;

public class LeaseKeyTests
{
    private static readonly ShardId Shard = new("shardId-000000000003");

    [Fact]
    public void With_one_stream_the_key_is_the_shard_id()
    {
        var key = LeaseKey.For(new(new StreamName("orders"), Shard));

        Assert.Equal("shardId-000000000003", key.Value);
        Assert.True(key.TryParse(out var instance, out var shardId));
        Assert.Null(instance);
        Assert.Equal(Shard, shardId);
    }

    [Fact]
    public void With_several_streams_the_key_begins_with_the_stream()
    {
        Assert.True(StreamInstance.TryParse("000000000000:st-app-multi:1700000000", out var instance));

        var key = LeaseKey.For(new(new StreamName("st-app-multi"), Shard), instance);

        // The form in recordings of KCL 3.5.1.
        Assert.Equal("000000000000:st-app-multi:1700000000:shardId-000000000003", key.Value);
        Assert.True(key.TryParse(out var parsed, out var shardId));
        Assert.Equal(instance, parsed);
        Assert.Equal(
            ("000000000000", "st-app-multi", 1_700_000_000L),
            (parsed!.Value.AccountId, parsed.Value.Name.Value, parsed.Value.CreationEpoch));
        Assert.Equal(Shard, shardId);
    }

    [Fact]
    public void A_stream_of_another_name_makes_no_key()
    {
        Assert.True(StreamInstance.TryParse("000000000000:payments:1700000000", out var instance));

        Assert.Throws<ArgumentException>(() => LeaseKey.For(new(new StreamName("orders"), Shard), instance));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(":")]
    [InlineData("other:shardId-000000000003")]
    [InlineData("000000000000:orders:0:shardId-000000000003")]
    [InlineData("000000000000:orders:-1:shardId-000000000003")]
    [InlineData("000000000000::1700000000:shardId-000000000003")]
    [InlineData("account:orders:1700000000:shardId-000000000003")]
    [InlineData("000000000000:orders:1700000000:")]
    [InlineData("000000000000:orders:1700000000:1:shardId-000000000003")]
    [InlineData("000000000000:or ders:1700000000:shardId-000000000003")]
    [InlineData("shard id")]
    public void Other_texts_are_no_keys_of_shards(string? text) => Assert.False(LeaseKey.TryParse(text, out _, out _));

    [Fact]
    public void One_shard_id_in_two_streams_is_two_shards()
    {
        var one = new ShardRef(new StreamName("orders"), Shard);
        var other = new ShardRef(new StreamName("payments"), Shard);

        Assert.NotEqual(one, other);
        Assert.True(one < other);
        Assert.Equal("orders/shardId-000000000003", one.ToString());
    }
}
