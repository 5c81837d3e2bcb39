using System.Numerics;
using CsCheck;
using Kcl.LocalKinesis.RecordLog;

namespace Kcl.Unit.Tests.LocalKinesis;

public sealed class SequencePartsTests
{
    private static readonly Gen<SequenceParts> Any =
        from create in Gen.Long[0, 0xF_FFFF_FFFF]
        from shard in Gen.UInt
        from index in Gen.ULong[0, SequenceParts.EndIndex]
        from second in Gen.Long[0, 0xF_FFFF_FFFF]
        select new SequenceParts(create, shard, index, second);

    [Theory]
    [InlineData("49646437577108476416916876405825929425585429676275269634", 1700000000, 0, 0, 1700000000)]
    [InlineData("49646437577175378652512468275251745506222989733565300786", 1700000000, 3, 1, 1700000005)]
    [InlineData("49646437577186529025111733586820095513720125544057536562", 1700000000, 3, SequenceParts.EndIndex, 1700000600)]
    [InlineData("49646437577130777162115407028973509772956151252374257938", 1700000000, 17, 5, 1700000001)]
    public void Numbers_computed_by_others_are_written_and_read(string digits, long create, uint shard, ulong index, long second)
    {
        Assert.Equal(digits, new SequenceParts(create, shard, index, second).ToString());
        Assert.True(SequenceParts.TryParse(digits, out var parts));
        Assert.Equal(new SequenceParts(create, shard, index, second), parts);
    }

    [Theory]
    [InlineData("49590338271490256608559692538361571095921575989136588898", 1542776258, 6, 1545084650)] // from the service
    public void Numbers_of_the_service_itself_are_read(string digits, long create, uint shard, long second)
    {
        Assert.True(SequenceParts.TryParse(digits, out var parts));
        Assert.Equal((create, shard, second), (parts.CreateSecond, parts.ShardIndex, parts.Second));
    }

    [Fact]
    public void Every_number_is_56_digits_and_reads_back() => Any.Sample(parts =>
    {
        var digits = parts.ToString();
        return digits.Length == 56
            && SequenceParts.TryParse(digits, out var back)
            && back == parts
            && BigInteger.Parse(digits).GetBitLength() == 186;
    });

    [Fact]
    public void Within_a_shard_a_later_record_has_the_larger_number() => Gen.Select(
        Any,
        Gen.ULong[1, 1_000_000],
        Gen.Long[0, 1000]).Sample((parts, more, later) =>
    {
        var first = parts with { Index = parts.Index / 2, Second = parts.Second / 2 };
        var next = first with { Index = first.Index + more, Second = first.Second + later };
        var end = SequenceParts.End(
            first.CreateSecond,
            (int)(first.ShardIndex & int.MaxValue),
            first.Second) with { ShardIndex = first.ShardIndex };
        return string.CompareOrdinal(first.ToString(), next.ToString()) < 0 && string.CompareOrdinal(next.ToString(), end.ToString()) < 0;
    });

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("4964643757710847641691687640582592942558542967627526963x")]
    [InlineData("99999999999999999999999999999999999999999999999999999999")]
    [InlineData("49646437577108476416916876405825929425585429676275269635")] // version 3
    public void Other_texts_are_not_sequence_numbers_of_version_2(string digits) => Assert.False(SequenceParts.TryParse(digits, out _));
}
