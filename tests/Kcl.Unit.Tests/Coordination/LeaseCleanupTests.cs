using Kcl.Coordination.ShardSync;
using Kcl.Kinesis;
using Kcl.Leasing;
using static Kcl.Unit.Tests.Coordination.Shards;

namespace Kcl.Unit.Tests.Coordination;

public sealed class LeaseCleanupTests
{
    private static readonly UInt128 Half = UInt128.MaxValue / 2;
    private static readonly IReadOnlyList<Shard> Split = [
        Closed(0, 0, UInt128.MaxValue),
        Open(1, 0, Half, 0),
        Open(2, Half + 1, UInt128.MaxValue, 0),
    ];

    [Fact]
    public void A_finished_shard_goes_when_its_children_are_under_way() =>
        Assert.Equal([Id(0)], Doomed(Split, true, Parent(0, 1, 2), Lease(1, At(1001)), Lease(2, ExtendedSequenceNumber.Latest)));

    [Fact]
    public void An_idle_child_keeps_its_parent() =>
        Assert.Empty(Doomed(Split, true, Parent(0, 1, 2), Lease(1, At(1001)), Lease(2, ExtendedSequenceNumber.TrimHorizon)));

    [Fact]
    public void A_missing_child_keeps_its_parent() => Assert.Empty(Doomed(Split, true, Parent(0, 1, 2), Lease(1, At(1001))));

    [Fact]
    public void An_unfinished_shard_stays() =>
        Assert.Empty(Doomed(Split, true, Lease(0, At(1000)), Lease(1, At(1001)), Lease(2, At(1002))));

    [Fact]
    public void Children_that_the_row_does_not_name_are_found_in_the_shard_list() =>
        Assert.Equal([Id(0)], Doomed(Split, true, Lease(0, ExtendedSequenceNumber.ShardEnd), Lease(1, At(1001)), Lease(2, At(1002))));

    [Fact]
    public void Parents_go_before_their_children()
    {
        IReadOnlyList<Shard> shards = [
            .. Split.Where(s => s.ShardId != Id(1)),
            Closed(1, 0, Half, 0),
            Open(3, 0, 9, 1),
            Open(4, 10, Half, 1),
        ];
        var finishedChild = Parent(1, 3, 4) with { ParentShardIds = [Id(0)] };
        Lease[] rest = [Lease(2, At(1002)), Lease(3, At(1003)), Lease(4, At(1004))];
        Assert.Equal([Id(0)], Doomed(shards, true, [Parent(0, 1, 2), finishedChild, .. rest]));
        Assert.Equal([Id(1)], Doomed(shards, true, [finishedChild, .. rest]));
    }

    [Fact]
    public void A_finished_shard_that_the_service_forgot_goes_even_where_cleaning_up_is_off() =>
        Assert.Equal(
            [Id(0)],
            Doomed(Split.Skip(1), false, Parent(0, 1, 2), Lease(1, ExtendedSequenceNumber.TrimHorizon), Lease(2, At(1002))));

    [Fact]
    public void Where_cleaning_up_is_off_listed_shards_stay() =>
        Assert.Empty(Doomed(Split, false, Parent(0, 1, 2), Lease(1, At(1001)), Lease(2, At(1002))));

    [Fact]
    public void A_shard_that_takes_records_keeps_its_lease_whatever_it_says() =>
        Assert.Empty(Doomed([Open(0, 0, UInt128.MaxValue)], true, Parent(0, 1, 2), Lease(1, At(1001)), Lease(2, At(1002))));

    private static Lease Parent(int number, params int[] children) =>
        Lease(number, ExtendedSequenceNumber.ShardEnd) with { ChildShardIds = [.. children.Select(Id)] };

    private static IEnumerable<ShardId> Doomed(IEnumerable<Shard> shards, bool ofFinished, params Lease[] leases) =>
        LeaseCleanup.Plan(leases, Tree(shards), Keys, ofFinished).Select(l => l.ShardId);
}
