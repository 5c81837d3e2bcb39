namespace Kcl.LocalKinesis.RecordLog;

/// <summary>
/// The fields of a sequence number of version 2: a number of 186 bits, printed as 56 digits. From the most significant bit: the digit 2,
/// the second in which the shard was created (36 bits), the low four bits of the shard's index, the record's index within the shard (64
/// bits), eight zero bits, the second of the record (36 bits), the shard's index (32 bits), the version (4 bits).
/// </summary>
/// <param name="CreateSecond">The time at which the shard was created, in seconds since the Unix epoch.</param>
/// <param name="ShardIndex">The shard's number within the stream.</param>
/// <param name="Index">The record's number within the shard; records count from 1.</param>
/// <param name="Second">The time at which the record was put, in seconds since the Unix epoch.</param>
internal readonly record struct SequenceParts(long CreateSecond, uint ShardIndex, ulong Index, long Second)
{
    /// <summary>The number of digits of every sequence number of version 2.</summary>
    public const int Digits = 56;

    /// <summary>The record index that marks the end of a shard.</summary>
    public const ulong EndIndex = 0x7FFF_FFFF_FFFF_FFFF;

    private const int Limbs = 6; // of 32 bits
    private const uint Billion = 1_000_000_000;

    /// <summary>Returns a shard's first sequence number.</summary>
    public static SequenceParts Start(long createSecond, int shardIndex) => new(createSecond, (uint)shardIndex, 0, createSecond);

    /// <summary>Returns a shard's last sequence number.</summary>
    public static SequenceParts End(long createSecond, int shardIndex, long closeSecond) =>
        new(createSecond, (uint)shardIndex, EndIndex, closeSecond);

    /// <summary>Writes the 56 digits.</summary>
    public void Format(Span<byte> digits)
    {
        Span<uint> limbs = stackalloc uint[Limbs];
        var high = (2UL << 56) | ((ulong)CreateSecond << 20) | ((ulong)(ShardIndex & 15) << 16) | (Index >> 48);
        var middle = (Index << 16) | ((ulong)Second >> 28);
        var low = ((ulong)Second << 36) | ((ulong)ShardIndex << 4) | 2;
        limbs[0] = (uint)(high >> 32);
        limbs[1] = (uint)high;
        limbs[2] = (uint)(middle >> 32);
        limbs[3] = (uint)middle;
        limbs[4] = (uint)(low >> 32);
        limbs[5] = (uint)low;

        var first = 0;
        for (var end = Digits; end > 0; end -= 9)
        {
            ulong remainder = 0;
            for (var i = first; i < Limbs; i++)
            {
                var value = (remainder << 32) | limbs[i];
                limbs[i] = (uint)(value / Billion);
                remainder = value % Billion;
            }

            while (first < Limbs && limbs[first] == 0)
            {
                first++;
            }

            var group = (uint)remainder;
            for (var at = end - 1; at >= Math.Max(0, end - 9); at--)
            {
                (group, var digit) = Math.DivRem(group, 10);
                digits[at] = (byte)('0' + digit);
            }
        }
    }

    /// <summary>Returns the 56 digits.</summary>
    public override string ToString() => string.Create(Digits, this, static (text, parts) =>
    {
        Span<byte> digits = stackalloc byte[Digits];
        parts.Format(digits);
        System.Text.Encoding.ASCII.GetChars(digits, text);
    });

    /// <summary>Parses a sequence number.</summary>
    /// <returns>True if the text is a sequence number of version 2; otherwise, false.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out SequenceParts parts)
    {
        parts = default;
        if (text.Length != Digits || text.ContainsAnyExceptInRange('0', '9'))
        {
            return false;
        }

        Span<uint> limbs = stackalloc uint[Limbs];
        limbs.Clear();
        foreach (var c in text)
        {
            ulong carry = (uint)(c - '0');
            for (var i = Limbs - 1; i >= 0; i--)
            {
                var value = ((ulong)limbs[i] * 10) + carry;
                limbs[i] = (uint)value;
                carry = value >> 32;
            }

            if (carry != 0)
            {
                return false;
            }
        }

        var high = ((ulong)limbs[0] << 32) | limbs[1];
        var middle = ((ulong)limbs[2] << 32) | limbs[3];
        var low = ((ulong)limbs[4] << 32) | limbs[5];
        var shard = (uint)(low >> 4);
        var index = (high << 48) | (middle >> 16);
        parts = new((long)((high >> 20) & 0xF_FFFF_FFFF), shard, index, (long)(((middle & 0xFF) << 28) | (low >> 36)));
        return high >> 56 == 2
            && (low & 15) == 2
            && ((high >> 16) & 15) == (shard & 15)
            && (middle & 0xFF00) == 0
            && index <= EndIndex;
    }
}
