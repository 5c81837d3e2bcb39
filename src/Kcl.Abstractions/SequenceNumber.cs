namespace Kcl;

/// <summary>The position of one record within one shard: a decimal of up to 129 digits, so neither <see cref="long"/>, nor <see cref="UInt128"/>, nor a bare string.</summary>
/// <remarks>Numbers of one shard increase; numbers of different shards say nothing about each other.</remarks>
public readonly record struct SequenceNumber : IComparable<SequenceNumber>
{
    /// <summary>The most digits the service's model allows.</summary>
    public const int MaxDigits = 129;

    private readonly string? _digits; // null means "0", so that default(SequenceNumber) is a valid value

    private SequenceNumber(string digits) => _digits = digits == "0" ? null : digits;

    /// <summary>Accepts exactly what Kinesis prints: no sign, no leading zero, no white space.</summary>
    /// <param name="text">The text to read.</param>
    /// <param name="result">The number, or zero when the text is not one.</param>
    /// <returns>Whether <paramref name="text"/> is a sequence number.</returns>
    public static bool TryParse(string? text, out SequenceNumber result)
    {
        var ok = text is { Length: >= 1 and <= MaxDigits }
            && !text.AsSpan().ContainsAnyExceptInRange('0', '9')
            && (text[0] != '0' || text.Length == 1);
        result = ok ? new(text!) : default;
        return ok;
    }

    /// <summary>Reads what <see cref="TryParse"/> accepts.</summary>
    /// <param name="text">The text to read.</param>
    /// <returns>The number.</returns>
    /// <exception cref="FormatException"><paramref name="text"/> is not a sequence number.</exception>
    public static SequenceNumber Parse(string text) =>
        TryParse(text, out var result) ? result : throw new FormatException($"'{text}' is not a Kinesis sequence number: 1 to {MaxDigits} digits without sign or leading zero.");

    /// <summary>Compares as numbers.</summary>
    /// <param name="other">The number to compare with.</param>
    /// <returns>Less than, equal to or greater than zero.</returns>
    public int CompareTo(SequenceNumber other)
    {
        // Canonical digits compare as numbers when compared by length first.
        var (mine, theirs) = (ToString(), other.ToString());
        return mine.Length != theirs.Length ? mine.Length.CompareTo(theirs.Length) : string.CompareOrdinal(mine, theirs);
    }

    /// <summary>Whether the left number comes first.</summary>
    public static bool operator <(SequenceNumber left, SequenceNumber right) => left.CompareTo(right) < 0;

    /// <summary>Whether the right number comes first.</summary>
    public static bool operator >(SequenceNumber left, SequenceNumber right) => left.CompareTo(right) > 0;

    /// <summary>Whether the left number does not come after the right.</summary>
    public static bool operator <=(SequenceNumber left, SequenceNumber right) => left.CompareTo(right) <= 0;

    /// <summary>Whether the left number does not come before the right.</summary>
    public static bool operator >=(SequenceNumber left, SequenceNumber right) => left.CompareTo(right) >= 0;

    /// <summary>The decimal digits, as Kinesis prints them.</summary>
    public override string ToString() => _digits ?? "0";
}
