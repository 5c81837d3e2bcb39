using Kcl.Kinesis;

namespace Kcl.LocalKinesis.Streams;

/// <summary>How the hash keys are shared out among shards.</summary>
internal static class HashRanges
{
    /// <summary>Shares all hash keys out evenly: each shard has floor(2^128 / count), the last one also the rest.</summary>
    public static HashKeyRange[] Uniform(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        if (count == 1)
        {
            return [HashKeyRange.Whole];
        }

        // 2^128 itself is one more than fits: divide 2^128 - 1 and correct when the rest shows that 2^128 would divide evenly.
        var (quotient, rest) = UInt128.DivRem(UInt128.MaxValue, (UInt128)count);
        var width = rest == (UInt128)count - 1 ? quotient + 1 : quotient;
        var ranges = new HashKeyRange[count];
        for (var i = 0; i < count; i++)
        {
            var start = width * (UInt128)i;
            ranges[i] = new(start, i == count - 1 ? UInt128.MaxValue : start + width - 1);
        }

        return ranges;
    }
}
