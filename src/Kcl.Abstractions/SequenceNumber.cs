namespace Kcl;

/// <summary>
/// The position of one record within one shard: a decimal number of up to 129 digits, which does not fit an integer type.
/// </summary>
/// <remarks>Numbers of one shard increase; numbers of different shards cannot be compared.</remarks>
public readonly record struct SequenceNumber : IComparable<SequenceNumber>
{
    /// <summary>The maximum number of digits in the service's model.</summary>
    public const int MaxDigits = 129;

    private readonly string? _digits; // null means "0", so that default(SequenceNumber) is a valid value

    private SequenceNumber(string digits) => _digits = digits == "0" ? null : digits;

    /// <summary>Reads a sequence number as Kinesis writes it: no sign, no leading zero, no white space.</summary>
    /// <param name="text">The text to read.</param>
    /// <param name="result">The number, or zero if the text is not one.</param>
    /// <returns><see langword="true"/> if <paramref name="text"/> is a sequence number.</returns>
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
        TryParse(text, out var result)
            ? result
            : throw new FormatException(
                $"'{text}' is not a Kinesis sequence number; it must be 1 to {MaxDigits} digits without sign or leading zero.");

    /// <summary>Compares as numbers.</summary>
    /// <param name="other">The number to compare with.</param>
    /// <returns>Less than, equal to or greater than zero.</returns>
    public int CompareTo(SequenceNumber other)
    {
        // Canonical digits compare as numbers when compared by length first.
        var (mine, theirs) = (ToString(), other.ToString());
        return mine.Length != theirs.Length ? mine.Length.CompareTo(theirs.Length) : string.CompareOrdinal(mine, theirs);
    }

    /// <summary>Returns whether the left number is smaller.</summary>
    public static bool operator <(SequenceNumber left, SequenceNumber right) => left.CompareTo(right) < 0;

    /// <summary>Returns whether the left number is greater.</summary>
    public static bool operator >(SequenceNumber left, SequenceNumber right) => left.CompareTo(right) > 0;

    /// <summary>Returns whether the left number is smaller or equal.</summary>
    public static bool operator <=(SequenceNumber left, SequenceNumber right) => left.CompareTo(right) <= 0;

    /// <summary>Returns whether the left number is greater or equal.</summary>
    public static bool operator >=(SequenceNumber left, SequenceNumber right) => left.CompareTo(right) >= 0;

    /// <summary>Returns the decimal digits, as Kinesis writes them.</summary>
    public override string ToString() => _digits ?? "0";
}
