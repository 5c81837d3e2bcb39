using System.Collections.Immutable;
using CsCheck;
using Kcl.Kinesis;
using Kcl.LocalKinesis.Model;

namespace Kcl.Unit.Tests.LocalKinesis;

public sealed class ReshardingTests
{
    private const long Start = 1_700_000_000_123;

    [Fact]
    public void Three_shards_share_the_hash_keys_as_the_service_shares_them() => Assert.Equal(
        [
            new(0, UInt128.Parse("113427455640312821154458202477256070484")),
            new(UInt128.Parse("113427455640312821154458202477256070485"), UInt128.Parse("226854911280625642308916404954512140969")),
            new(UInt128.Parse("226854911280625642308916404954512140970"), UInt128.MaxValue),
        ],
        HashRanges.Uniform(3));

    [Fact]
    public void A_uniform_sharing_leaves_no_gap_and_no_overlap() => Gen.Int[1, 3000].Sample(count => Covers(HashRanges.Uniform(count)));

    [Fact]
    public void Scaling_ends_with_equal_shards_and_covers_every_key_on_the_way() => Gen.Select(
        Gen.Int[1, 40],
        Gen.Int[0, 40].List[1, 4]).Sample((first, targets) =>
    {
        var shards = Initial(first);
        var now = Start;
        foreach (var target in targets.Select(target => target + 1))
        {
            for (var generation = 0; Resharding.Next(shards, target) is { Count: > 0 } steps; generation++)
            {
                Assert.InRange(generation, 0, 20);
                now += 1000;
                shards = Resharding.Apply(shards, steps, now);
                Assert.True(Covers(OpenRanges(shards)));
            }

            Assert.Equal(HashRanges.Uniform(target), OpenRanges(shards));
        }

        Assert.All(shards, shard => Assert.True(IsDescendedProperly(shards, shard)));
    });

    [Fact]
    public void Doubling_splits_each_shard_once_and_halving_merges_each_pair_once()
    {
        var two = Initial(2);
        var four = Resharding.Apply(two, Resharding.Next(two, 4), Start);
        Assert.Equal([(0, null), (0, null), (1, null), (1, null)], four.Skip(2).Select(shard => (shard.Parent, shard.AdjacentParent)));
        Assert.Empty(Resharding.Next(four, 4));
        var back = Resharding.Apply(four, Resharding.Next(four, 2), Start + 5000);
        Assert.Equal([(2, 3), (4, 5)], back.Skip(6).Select(shard => (shard.Parent, shard.AdjacentParent)));
        Assert.Empty(Resharding.Next(back, 2));
    }

    [Fact]
    public void Children_are_created_the_second_after_their_parents_were_closed()
    {
        var shards = Resharding.Apply(Initial(1), [new(0, 5, null)], Start + 10_000);
        Assert.Equal(1_700_000_010, shards[0].CloseSecond);
        Assert.All(shards.Skip(1), child => Assert.Equal((1_700_000_011, 1_700_000_011_000), (child.CreateSecond, child.OpenedAt)));
        Assert.Equal(shards[1].OpenedAt, shards[0].RoutedUntil);
    }

    [Fact]
    public void A_child_that_is_split_before_it_was_created_is_closed_no_earlier_than_that()
    {
        var shards = Resharding.Apply(Initial(1), [new(0, 5, null)], Start);
        shards = Resharding.Apply(shards, [new(2, 50, null)], Start);
        Assert.True(shards[2].CloseSecond >= shards[2].CreateSecond);
        Assert.Equal(shards[2].CloseSecond + 1, shards[3].CreateSecond);
    }

    [Fact]
    public void At_any_instant_every_hash_key_has_exactly_one_shard() => Gen.Select(
        Gen.Int[1, 12],
        Gen.Int[1, 12].List[1, 3],
        Gen.Long[0, 20_000],
        Gen.ULong,
        Gen.ULong).Sample((first, targets, after, high, low) =>
    {
        var stream = Scaled(first, targets);
        var at = StreamLifecycle.At(stream, Start + after)!;
        var key = new UInt128(high, low);
        var index = Routing.At(at.Shards, Start + after).ShardOf(key);
        var taking = at.Shards.Where(
            shard => shard.Range.Contains(key) && shard.OpenedAt <= Start + after && Start + after < shard.RoutedUntil).ToArray();
        return taking.Length == 1 && taking[0].Index == index;
    });

    [Fact]
    public void The_future_of_a_stream_does_not_depend_on_when_it_is_read() => Gen.Select(
        Gen.Int[1, 12],
        Gen.Int[1, 12].List[1, 3],
        Gen.Long[0, 20_000],
        Gen.Long[0, 20_000]).Sample((first, targets, early, late) =>
    {
        var stream = Scaled(first, targets);
        var at = Start + Math.Max(early, late);
        var looked = StreamLifecycle.At(StreamLifecycle.At(stream, Start + Math.Min(early, late))!, at)!;
        var direct = StreamLifecycle.At(stream, at)!;
        return looked.Shards.SequenceEqual(direct.Shards) && looked.Pending == direct.Pending;
    });

    private static StreamModel Scaled(int first, IEnumerable<int> targets)
    {
        var stream = new StreamModel { Name = "s", Generation = 1, CreatedAt = Start, Shards = Initial(first) };
        var now = Start;
        foreach (var target in targets)
        {
            now += 700;
            stream = StreamLifecycle.At(stream, now)!;
            if (stream.Pending is null)
            {
                stream = stream with { Pending = new(ChangeKind.Scale, now + 50, TargetShardCount: target) };
            }
        }

        return stream;
    }

    private static ImmutableArray<ShardModel> Initial(int count) => StreamModel.Create("s", 1, Start, count).Shards;

    private static HashKeyRange[] OpenRanges(ImmutableArray<ShardModel> shards) =>
        [.. shards.Where(shard => shard.IsOpen).OrderBy(shard => shard.Range.Start).Select(shard => shard.Range)];

    private static bool Covers(HashKeyRange[] ranges) =>
        ranges[0].Start == 0
            && ranges[^1].End == UInt128.MaxValue
            && ranges.Zip(ranges.Skip(1)).All(pair => pair.First.End + 1 == pair.Second.Start && pair.First.Start <= pair.First.End);

    private static bool IsDescendedProperly(ImmutableArray<ShardModel> shards, ShardModel shard)
    {
        var parents = new[] { shard.Parent, shard.AdjacentParent }.OfType<int>().Select(index => shards[index]).ToArray();
        return parents.All(parent => parent.CloseSecond < shard.CreateSecond && parent.Index < shard.Index)
            && (parents.Length != 2
                || (UInt128.Min(parents[0].Range.Start, parents[1].Range.Start) == shard.Range.Start
                    && UInt128.Max(parents[0].Range.End, parents[1].Range.End) == shard.Range.End))
            && (parents.Length != 1 || (parents[0].Range.Contains(shard.Range.Start) && parents[0].Range.Contains(shard.Range.End)));
    }
}
