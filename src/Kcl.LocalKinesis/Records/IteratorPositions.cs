using System.Globalization;
using Kcl.LocalKinesis.Streams;
using Kcl.LocalKinesis.Wire;

namespace Kcl.LocalKinesis.Records;

/// <summary>Where a reader that names a sequence number begins. Pure.</summary>
internal static class IteratorPositions
{
    /// <summary>The index of the first record to return.</summary>
    /// <param name="shard">The shard that is read.</param>
    /// <param name="digits">The sequence number.</param>
    /// <param name="after">Whether the record of that number itself is left out.</param>
    /// <param name="problem">What is wrong with the number, in the service's words; null if nothing is.</param>
    public static long OfSequenceNumber(ShardModel shard, string digits, bool after, out string? problem)
    {
        problem = null;
        if (!SequenceParts.TryParse(digits, out var parts))
        {
            problem = "is invalid.";
            return 0;
        }

        if (parts.ShardIndex != (uint)shard.Index)
        {
            problem = string.Create(CultureInfo.InvariantCulture, $"is invalid. It encodes {ShardModel.IdOf((int)parts.ShardIndex)}, while it was used in a call to a shard with {shard.Id}");
            return 0;
        }

        if (parts.CreateSecond != shard.CreateSecond)
        {
            problem = "is invalid because it did not come from this stream.";
            return 0;
        }

        // A shard begins at number 0, of which there is no record; its end is one that no record ever has.
        return parts.Index == SequenceParts.EndIndex ? long.MaxValue : Math.Max(1, (long)parts.Index + (after ? 1 : 0));
    }

    /// <summary>Refuses an iterator that is too old.</summary>
    public static void RequireFresh(in IteratorToken token, long now)
    {
        if (now - token.IssuedAt > TokenSigner.Lifetime)
        {
            throw ServiceException.ExpiredIterator($"Iterator expired. The iterator was created at time {Show(token.IssuedAt)} while right now it is {Show(now)} which is further in the future than the tolerated delay of {TokenSigner.Lifetime} milliseconds.");
        }
    }

    private static string Show(long instant) => DateTimeOffset.FromUnixTimeMilliseconds(instant).ToString("ddd MMM dd HH:mm:ss 'UTC' yyyy", CultureInfo.InvariantCulture);
}
