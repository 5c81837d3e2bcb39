using System.Globalization;
using System.Numerics;
using CsCheck;

namespace Kcl.Unit.Tests.Abstractions;

public class SequenceNumberTests
{
    private static readonly Gen<string> Digits =
        from first in Gen.Char['1', '9']
        from rest in Gen.Char['0', '9'].Array[0, 128]
        select first + new string(rest);

    [Fact]
    public void Order_is_that_of_the_numbers() => Gen.Select(Digits, Digits).Sample((left, right) =>
        Math.Sign(SequenceNumber.Parse(left).CompareTo(SequenceNumber.Parse(right)))
        == BigInteger.Parse(left, CultureInfo.InvariantCulture).CompareTo(BigInteger.Parse(right, CultureInfo.InvariantCulture)));

    [Fact]
    public void Text_survives() => Digits.Sample(text => SequenceNumber.Parse(text).ToString() == text);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData("01")]
    [InlineData(" 1")]
    [InlineData("1\n")]
    [InlineData("١")]
    [InlineData("TRIM_HORIZON")]
    public void Anything_else_is_refused(string? text) => Assert.False(SequenceNumber.TryParse(text, out _));

    [Fact]
    public void The_default_is_zero() => Assert.Equal(SequenceNumber.Parse("0"), default);
}

public class ExtendedSequenceNumberTests
{
    [Fact]
    public void Named_positions_surround_the_numbers()
    {
        ExtendedSequenceNumber[] ordered =
        [
            ExtendedSequenceNumber.AtTimestamp, ExtendedSequenceNumber.TrimHorizon, ExtendedSequenceNumber.Latest,
            new(SequenceNumber.Parse("0")), new(SequenceNumber.Parse("9")), new(
                SequenceNumber.Parse("9"),
                1), new(SequenceNumber.Parse("10")),
            ExtendedSequenceNumber.ShardEnd,
        ];

        for (var i = 0; i < ordered.Length; i++)
        {
            for (var j = 0; j < ordered.Length; j++)
            {
                Assert.Equal(Math.Sign(i.CompareTo(j)), Math.Sign(ordered[i].CompareTo(ordered[j])));
                Assert.Equal(i == j, ordered[i] == ordered[j]);
            }
        }
    }

    [Theory]
    [InlineData("TRIM_HORIZON", 0)]
    [InlineData("LATEST", 0)]
    [InlineData("AT_TIMESTAMP", 0)]
    [InlineData("SHARD_END", 0)]
    [InlineData("49590338271490256608559692538361571095921575989136588898", 7)]
    public void Stored_text_survives(string text, long sub)
    {
        var position = ExtendedSequenceNumber.Parse(text, sub);
        Assert.Equal(text, position.ToCheckpointText());
        Assert.Equal(sub, position.SubSequenceNumber);
    }

    [Theory]
    [InlineData("trim_horizon", 0)]
    [InlineData("", 0)]
    [InlineData("1", -1)]
    public void Anything_else_is_refused(string text, long sub) => Assert.False(ExtendedSequenceNumber.TryParse(text, sub, out _));

    [Fact]
    public void The_default_is_the_trim_horizon() => Assert.Equal(ExtendedSequenceNumber.TrimHorizon, default);
}
