using CsCheck;
using Kcl.Kinesis;
using Kcl.Streams;

namespace Kcl.Unit.Tests.Streams;

public sealed class HashKeyRangesTests
{
    [Fact]
    public void The_whole_has_no_hole() => Assert.Null(HashKeyRanges.FindFirstHole([HashKeyRange.Whole]));

    [Fact]
    public void Nothing_is_one_hole() => Assert.Equal(HashKeyRange.Whole, HashKeyRanges.FindFirstHole([]));

    [Fact]
    public void Overlaps_do_not_matter() => Assert.Null(HashKeyRanges.FindFirstHole([new(5, UInt128.MaxValue), new(0, 100), new(3, 4)]));

    [Fact]
    public void Holes_at_both_ends_are_found()
    {
        Assert.Equal(new HashKeyRange(0, 0), HashKeyRanges.FindFirstHole([new(1, UInt128.MaxValue)]));
        Assert.Equal(new HashKeyRange(UInt128.MaxValue, UInt128.MaxValue), HashKeyRanges.FindFirstHole([new(0, UInt128.MaxValue - 1)]));
    }

    [Fact]
    public void One_piece_taken_out_of_a_partition_is_the_hole() =>
        Gen.Select(Gen.ULong.Array[1, 20], Gen.Int[0, 1000]).Sample((cuts, pick) =>
        {
            var starts = cuts.Select(c => (UInt128)c << 64).Append(UInt128.Zero).Distinct().Order().ToList();
            var pieces = starts.Select((s, i) => new HashKeyRange(s, i + 1 < starts.Count ? starts[i + 1] - 1 : UInt128.MaxValue)).ToList();
            Assert.Null(HashKeyRanges.FindFirstHole(pieces));
            var hole = pieces[pick % pieces.Count];
            Assert.Equal(hole, HashKeyRanges.FindFirstHole(pieces.Where(p => p != hole).Reverse()));
        });
}
