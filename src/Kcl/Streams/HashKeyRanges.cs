using Kcl.Kinesis;

namespace Kcl.Streams;

/// <summary>Checks whether ranges cover every hash key. Pure functions.</summary>
internal static class HashKeyRanges
{
    /// <summary>Finds the first gap. Overlaps do not matter.</summary>
    /// <param name="ranges">The ranges, in any order.</param>
    /// <returns>The first run of hash keys that no range covers; null if every key is covered.</returns>
    public static HashKeyRange? FindFirstHole(IEnumerable<HashKeyRange> ranges)
    {
        var next = UInt128.Zero;
        foreach (var range in ranges.OrderBy(r => r.Start).ThenBy(r => r.End))
        {
            if (range.Start > next)
            {
                return new(next, range.Start - 1);
            }

            if (range.End == UInt128.MaxValue)
            {
                return null;
            }

            next = UInt128.Max(next, range.End + 1);
        }

        return new(next, UInt128.MaxValue);
    }
}
