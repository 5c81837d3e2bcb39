using System.Diagnostics.CodeAnalysis;

namespace Kcl;

/// <summary>
/// The position of one record within one shard: a decimal number of up to 129 digits, which does not fit an integer type.
/// </summary>
/// <remarks>Sequence numbers of one shard increase; those of different shards cannot be compared.</remarks>
public readonly record struct SequenceNumber : IComparable<SequenceNumber>
{
    /// <summary>The maximum number of digits in the service's model.</summary>
    public const int MaxDigits = 129;

    private readonly string? _digits; // null means "0", so that default(SequenceNumber) is a valid value

    private SequenceNumber(string digits) => _digits = digits == "0" ? null : digits;

    /// <summary>Parses a sequence number in the form that Kinesis uses: no sign, no leading zero, no white space.</summary>
    /// <param name="text">The text to parse.</param>
    /// <param name="result">The sequence number; zero if <paramref name="text"/> is not one.</param>
    /// <returns>True if <paramref name="text"/> is a sequence number; otherwise, false.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out SequenceNumber result)
    {
        var ok = text is { Length: >= 1 and <= MaxDigits }
            && !text.AsSpan().ContainsAnyExceptInRange('0', '9')
            && (text[0] != '0' || text.Length == 1);
        result = ok ? new(text!) : default;
        return ok;
    }

    /// <summary>Parses a sequence number that <see cref="TryParse"/> accepts.</summary>
    /// <param name="text">The text to parse.</param>
    /// <returns>The sequence number.</returns>
    /// <exception cref="FormatException"><paramref name="text"/> is not a sequence number.</exception>
    public static SequenceNumber Parse(string text) =>
        TryParse(text, out var result)
            ? result
            : throw new FormatException(
                $"'{text}' is not a Kinesis sequence number; it must be 1 to {MaxDigits} digits without sign or leading zero.");

    /// <summary>Compares two sequence numbers of one shard as numbers.</summary>
    /// <param name="other">The sequence number to compare with.</param>
    /// <returns>
    /// A value less than zero if this number is smaller, zero if the numbers are equal, otherwise a value greater than zero.
    /// </returns>
    public int CompareTo(SequenceNumber other)
    {
        // Numbers without leading zeros compare like their digits if the lengths are compared first.
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
