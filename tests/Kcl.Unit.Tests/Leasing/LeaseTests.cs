using Kcl.Kinesis;
using Kcl.Leasing;

namespace Kcl.Unit.Tests.Leasing;

public class LeaseTests
{
    private static readonly Lease Bare = new()
    {
        Key = new("shardId-0"),
        ShardId = new("shardId-0"),
        Checkpoint = ExtendedSequenceNumber.Latest,
    };

    [Fact]
    public void An_empty_state_is_absent()
    {
        Assert.Null((Bare with { PendingCheckpointState = ReadOnlyMemory<byte>.Empty }).PendingCheckpointState);
        Assert.Equal(1, (Bare with { PendingCheckpointState = new byte[] { 1 } }).PendingCheckpointState?.Length);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("a", "a")]
    [InlineData("a b", "a b")]
    [InlineData("b a", "a b")]
    [InlineData("a a", "a")]
    [InlineData("c a b a", "a b c")]
    public void Parents_and_children_are_sorted_sets(string given, string expected)
    {
        ShardId[] shards = [.. given.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static id => new ShardId(id))];
        var lease = Bare with { ParentShardIds = shards, ChildShardIds = shards };
        Assert.Equal(expected, string.Join(' ', lease.ParentShardIds));
        Assert.Equal(expected, string.Join(' ', lease.ChildShardIds));
    }

    [Fact]
    public void A_range_without_two_hash_keys_is_unknown()
    {
        Assert.Equal(new HashKeyRange(4, 5), (Bare with { HashKeyRange = new(4, 5) }).HashKeyRange);
        Assert.Null((Bare with { HashKeyRange = new(5, 5) }).HashKeyRange);
        Assert.Null((Bare with { HashKeyRange = new(5, 4) }).HashKeyRange);
        var row = Bare with { HashKeyRange = new(4, 5) };
        Assert.Null(LeaseRow.Apply(new LeaseUpdate { HashKeyRange = new(5, 5) }, row).HashKeyRange);
    }

    [Fact]
    public void The_length_of_names_of_private_attributes_is_limited()
    {
        Assert.True(Lease.IsPrivateAttributeName("kcl" + new string('a', 252)));
        Assert.False(Lease.IsPrivateAttributeName("kcl" + new string('a', 253)));
    }
}
