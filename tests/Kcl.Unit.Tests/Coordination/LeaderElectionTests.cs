using Kcl.Coordination.Leadership;
using Kcl.Leasing;

namespace Kcl.Unit.Tests.Coordination;

public sealed class LeaderElectionTests
{
    // Recorded from java.util.Collections.shuffle with java.util.Random(1947) on JDK 17: the index of the leader among 1 to 64 sorted
    // owners.
    private static readonly int[] Recorded =
    [
        0, 0, 2, 3, 4, 2, 2, 2, 3, 8, 6, 9, 12, 4, 10, 11, 13, 11, 0, 14, 13, 7, 1, 1, 0, 3, 9, 20, 12, 3, 22, 19,
        21, 31, 23, 19, 22, 31, 35, 18, 3, 34, 21, 28, 36, 12, 32, 3, 35, 47, 29, 49, 21, 20, 46, 49, 26, 46, 19, 50, 42, 47, 60, 46,
    ];

    [Fact]
    public void Every_fleet_size_elects_the_worker_that_Java_elects() =>
        Assert.Equal(Recorded, Enumerable.Range(1, Recorded.Length).Select(LeaderElection.LeaderIndex));

    [Fact]
    public void Owners_are_ordered_ordinally()
    {
        // 'B' < 'a' < 'b', and the leader of three owners is the last.
        var leases = new[] { "b", "B", "a", "a" }.Select((owner, i) => Lease(i, owner)).Append(Lease(9, null)).ToList();
        Assert.True(LeaderElection.IsLeader(new("b"), leases));
        Assert.False(LeaderElection.IsLeader(new("a"), leases));
        Assert.False(LeaderElection.IsLeader(new("c"), leases));
    }

    [Fact]
    public void While_nobody_owns_a_lease_everybody_leads() => Assert.True(LeaderElection.IsLeader(new("a"), [Lease(0, null)]));

    private static Lease Lease(int number, string? owner) => new()
    {
        Key = new($"shardId-{number:D12}"),
        ShardId = new($"shardId-{number:D12}"),
        Checkpoint = ExtendedSequenceNumber.TrimHorizon,
        Owner = owner is null ? null : new WorkerId(owner),
    };
}
