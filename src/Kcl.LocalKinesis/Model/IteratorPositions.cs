using System.Globalization;
using Kcl.LocalKinesis.RecordLog;

namespace Kcl.LocalKinesis.Model;

/// <summary>Converts sequence numbers to positions in a shard. Pure functions.</summary>
internal static class IteratorPositions
{
    /// <summary>Returns the index of the first record to return.</summary>
    /// <param name="shard">The shard that is read.</param>
    /// <param name="digits">The sequence number.</param>
    /// <param name="after">True to exclude the record with that sequence number.</param>
    /// <param name="problem">The problem with the sequence number, in the words of the service; null if it is valid.</param>
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
            var encoded = ShardModel.IdOf((int)parts.ShardIndex);
            problem = $"is invalid. It encodes {encoded}, while it was used in a call to a shard with {shard.Id}";
            return 0;
        }

        if (parts.CreateSecond != shard.CreateSecond)
        {
            problem = "is invalid because it did not come from this stream.";
            return 0;
        }

        // The index of the start of a shard is 0, and that of its end is EndIndex; no record has either.
        return parts.Index == SequenceParts.EndIndex ? long.MaxValue : Math.Max(1, (long)parts.Index + (after ? 1 : 0));
    }
}
