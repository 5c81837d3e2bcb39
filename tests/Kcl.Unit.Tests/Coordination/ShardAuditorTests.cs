using Kcl.Coordination.ShardSync;
using Kcl.Kinesis;
using Kcl.Leasing;
using static Kcl.Unit.Tests.Coordination.Shards;

namespace Kcl.Unit.Tests.Coordination;

public sealed class ShardAuditorTests
{
    [Fact]
    public void A_hole_counts_the_third_time_it_is_seen()
    {
        var auditor = new ShardAuditor();
        Lease[] holed = [Ranged(0, 0, 9), Ranged(1, 20, UInt128.MaxValue)];
        Assert.Equal([false, false, true], Enumerable.Range(0, 3).Select(_ => auditor.Audit(holed, _ => null)));
        Assert.Equal(new HashKeyRange(10, 19), auditor.Hole);
    }

    [Fact]
    public void Another_hole_is_counted_again()
    {
        var auditor = new ShardAuditor();
        Lease[] one = [Ranged(0, 0, 9), Ranged(1, 20, UInt128.MaxValue)];
        Lease[] other = [Ranged(0, 0, 9), Ranged(1, 30, UInt128.MaxValue)];
        Assert.Equal([false, false, false, false], new[] { one, one, other, other }.Select(l => auditor.Audit(l, _ => null)));
    }

    [Fact]
    public void Finished_shards_cover_nothing()
    {
        var auditor = new ShardAuditor();
        Lease[] leases = [Ranged(0, 0, 9) with { Checkpoint = ExtendedSequenceNumber.ShardEnd }, Ranged(1, 10, UInt128.MaxValue)];
        Assert.Equal([false, false, true], Enumerable.Range(0, 3).Select(_ => auditor.Audit(leases, _ => null)));
    }

    [Fact]
    public void Without_any_unfinished_lease_everything_is_a_hole()
    {
        var auditor = new ShardAuditor();
        Assert.Equal(
            [false, false, true],
            Enumerable.Range(0, 3).Select(_ => auditor.Audit([Lease(0, ExtendedSequenceNumber.ShardEnd)], _ => HashKeyRange.Whole)));
        Assert.Equal(HashKeyRange.Whole, auditor.Hole);
    }

    [Fact]
    public void The_shard_list_knows_ranges_better_than_rows()
    {
        var auditor = new ShardAuditor();
        Assert.Equal(
            [false, false, true],
            Enumerable.Range(0, 3).Select(_ => auditor.Audit([Ranged(0, 0, UInt128.MaxValue)], _ => new(0, 9))));
        Assert.Equal(new HashKeyRange(10, UInt128.MaxValue), auditor.Hole);
    }

    [Fact]
    public void A_row_without_range_takes_that_of_the_shard_list()
    {
        var auditor = new ShardAuditor();
        Assert.False(auditor.Audit([Lease(0, ExtendedSequenceNumber.Latest)], _ => HashKeyRange.Whole));
        Assert.Null(auditor.Hole);
    }

    private static Lease Ranged(int number, UInt128 start, UInt128 end) =>
        Lease(number, ExtendedSequenceNumber.Latest) with { HashKeyRange = new(start, end) };
}
