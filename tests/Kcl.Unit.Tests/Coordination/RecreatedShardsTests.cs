using Kcl.Coordination;
using Kcl.Kinesis;
using static Kcl.Unit.Tests.Coordination.Shards;

namespace Kcl.Unit.Tests.Coordination;

public sealed class RecreatedShardsTests
{
    private static readonly IReadOnlyList<Shard> Stream = [Open(0, 0, 9), Open(1, 10, UInt128.MaxValue)]; // they begin at 1000 and 1001

    [Fact]
    public void CheckpointsBeforeEveryShardsFirstRecordTellOfAnEarlierStream() =>
        Assert.Equal([Id(0), Id(1)], RecreatedShards.Find([Lease(0, At(999)), Lease(1, At(500))], Tree(Stream)).Select(l => l.ShardId));

    [Fact]
    public void AShardFinishedInTheEarlierStreamGoesWithThem() =>
        Assert.Equal([Id(0), Id(1)], RecreatedShards.Find([Lease(0, At(999)), Lease(1, ExtendedSequenceNumber.ShardEnd)], Tree(Stream)).Select(l => l.ShardId));

    [Fact]
    public void OneCheckpointThatFitsIsEnoughToLeaveAllAlone() => Assert.Empty(RecreatedShards.Find([Lease(0, At(999)), Lease(1, At(1001))], Tree(Stream)));

    [Fact]
    public void NamedPositionsTellNothing() =>
        Assert.Empty(RecreatedShards.Find([Lease(0, ExtendedSequenceNumber.Latest), Lease(1, ExtendedSequenceNumber.ShardEnd)], Tree(Stream)));
}
