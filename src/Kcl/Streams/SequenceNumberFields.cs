using System.Globalization;
using System.Numerics;

namespace Kcl.Streams;

/// <summary>The fields of a sequence number in the service's form: when its shard was created, and when the record was put.</summary>
/// <remarks>
/// The form is not documented; it was determined from sequence numbers of the service. A number has 186 bits, which are 56 digits. From the
/// most significant bit: the digit 2, the second in which the shard was created (36 bits), the low four bits of the shard's index, the
/// record's index (64), eight zero bits, the second of the record (36), the shard's index (32), the version 2 (4). Emulators may use 1, 2,
/// 3 and so on; such numbers have no fields.
/// </remarks>
/// <param name="ShardCreatedAt">When the shard was created. It is the same in every sequence number of a shard.</param>
/// <param name="RecordedAt">When the record was put, or the shard was closed.</param>
internal readonly record struct SequenceNumberFields(DateTimeOffset ShardCreatedAt, DateTimeOffset RecordedAt)
{
    private const int Digits = 56;
    private const ulong SecondMask = (1UL << 36) - 1;

    /// <summary>Returns the fields of a sequence number; null if it has another form.</summary>
    /// <param name="number">The sequence number.</param>
    public static SequenceNumberFields? Of(SequenceNumber number)
    {
        var text = number.ToString();
        if (text.Length != Digits)
        {
            return null;
        }

        var bits = BigInteger.Parse(text, CultureInfo.InvariantCulture);
        var shard = (ulong)((bits >> 4) & uint.MaxValue);
        var hasForm = bits >> 184 == 2 && (bits & 15) == 2 && ((bits >> 72) & 0xFF).IsZero && (ulong)((bits >> 144) & 15) == (shard & 15);
        return hasForm ? new(Instant((ulong)((bits >> 148) & SecondMask)), Instant((ulong)((bits >> 36) & SecondMask))) : null;
    }

    private static DateTimeOffset Instant(ulong seconds) => DateTimeOffset.FromUnixTimeSeconds((long)seconds);
}
