using Kcl.Kinesis;

namespace Kcl.LocalKinesis.Model;

/// <summary>Divides the hash keys among shards.</summary>
internal static class HashRanges
{
    /// <summary>Divides all hash keys evenly: each shard has floor(2^128 / count) keys, and the last one also the remainder.</summary>
    public static HashKeyRange[] Uniform(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        if (count == 1)
        {
            return [HashKeyRange.Whole];
        }

        // 2^128 does not fit: divide 2^128 - 1, and correct the quotient if the remainder shows that 2^128 divides evenly.
        var (quotient, remainder) = UInt128.DivRem(UInt128.MaxValue, (UInt128)count);
        var width = remainder == (UInt128)count - 1 ? quotient + 1 : quotient;
        var ranges = new HashKeyRange[count];
        for (var i = 0; i < count; i++)
        {
            var start = width * (UInt128)i;
            ranges[i] = new(start, i == count - 1 ? UInt128.MaxValue : start + width - 1);
        }

        return ranges;
    }
}
