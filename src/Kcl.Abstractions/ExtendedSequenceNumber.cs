using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Kcl;

/// <summary>
/// The position that a checkpoint stores: the sequence number of a record and the index of a user record within its KPL aggregate, or a
/// named position.
/// </summary>
/// <remarks>
/// The order is that of the Java KCL (retrieval/kpl/ExtendedSequenceNumber): <c>AT_TIMESTAMP</c> &lt; <c>TRIM_HORIZON</c> &lt;
/// <c>LATEST</c> &lt; every sequence number &lt; <c>SHARD_END</c>; equal sequence numbers are ordered by their sub-sequence numbers.
/// The default value is <see cref="TrimHorizon"/>.
/// </remarks>
public readonly record struct ExtendedSequenceNumber : IComparable<ExtendedSequenceNumber>
{
    private readonly Kind _kind;

    private ExtendedSequenceNumber(Kind kind, SequenceNumber sequenceNumber = default, long subSequenceNumber = 0) =>
        (_kind, SequenceNumber, SubSequenceNumber) = (kind, sequenceNumber, subSequenceNumber);

    /// <summary>Creates the position of one user record.</summary>
    /// <param name="sequenceNumber">The sequence number of the Kinesis record.</param>
    /// <param name="subSequenceNumber">The index within a KPL aggregate; 0 for a plain record.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="subSequenceNumber"/> is negative.</exception>
    public ExtendedSequenceNumber(SequenceNumber sequenceNumber, long subSequenceNumber = 0)
        : this(Kind.Number, sequenceNumber, subSequenceNumber) => ArgumentOutOfRangeException.ThrowIfNegative(subSequenceNumber);

    // The order of the members is the order of the positions, except that TrimHorizon must be 0 to be the default.
    private enum Kind { TrimHorizon = 0, AtTimestamp, Latest, Number, ShardEnd }

    /// <summary>Gets the position at the oldest record of the shard: <c>TRIM_HORIZON</c>.</summary>
    public static ExtendedSequenceNumber TrimHorizon => new(Kind.TrimHorizon);

    /// <summary>Gets the position after the newest record when the shard is first read: <c>LATEST</c>.</summary>
    public static ExtendedSequenceNumber Latest => new(Kind.Latest);

    /// <summary>
    /// Gets the position at the first record that arrived at or after the configured start timestamp: <c>AT_TIMESTAMP</c>. The timestamp
    /// itself is part of the configuration, not of the checkpoint.
    /// </summary>
    public static ExtendedSequenceNumber AtTimestamp => new(Kind.AtTimestamp);

    /// <summary>Gets the position of a shard that was consumed to its end: <c>SHARD_END</c>.</summary>
    public static ExtendedSequenceNumber ShardEnd => new(Kind.ShardEnd);

    /// <summary>Gets the sequence number of the Kinesis record; zero for named positions.</summary>
    public SequenceNumber SequenceNumber { get; }

    /// <summary>Gets the index within a KPL aggregate; 0 for a plain record and for named positions.</summary>
    public long SubSequenceNumber { get; }

    /// <summary>Gets a value indicating whether this is the position of a record, not a named position.</summary>
    public bool IsNumber => _kind == Kind.Number;

    /// <summary>Gets a value indicating whether the shard was consumed to its end.</summary>
    public bool IsShardEnd => _kind == Kind.ShardEnd;

    /// <summary>Parses a stored checkpoint: digits, or a named position in upper case.</summary>
    /// <param name="text">The <c>checkpoint</c> as stored.</param>
    /// <param name="subSequenceNumber">The <c>checkpointSubSequenceNumber</c> as stored; ignored for named positions.</param>
    /// <param name="result">The position; <see cref="TrimHorizon"/> if the values are not a position.</param>
    /// <returns>True if the values are a position; otherwise, false.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, long subSequenceNumber, out ExtendedSequenceNumber result)
    {
        switch (text)
        {
            case "TRIM_HORIZON": result = TrimHorizon; return true;
            case "LATEST": result = Latest; return true;
            case "AT_TIMESTAMP": result = AtTimestamp; return true;
            case "SHARD_END": result = ShardEnd; return true;
        }

        var ok = SequenceNumber.TryParse(text, out var number) & subSequenceNumber >= 0;
        result = ok ? new(number, subSequenceNumber) : default;
        return ok;
    }

    /// <summary>Parses a stored checkpoint that <see cref="TryParse"/> accepts.</summary>
    /// <param name="text">The <c>checkpoint</c> as stored.</param>
    /// <param name="subSequenceNumber">The <c>checkpointSubSequenceNumber</c> as stored.</param>
    /// <returns>The position.</returns>
    /// <exception cref="FormatException">The values are not a position.</exception>
    public static ExtendedSequenceNumber Parse(string text, long subSequenceNumber = 0) => TryParse(text, subSequenceNumber, out var result)
        ? result
        : throw new FormatException(
            $"'{text}' (sub-sequence number {subSequenceNumber}) is not a checkpoint; it must be digits, TRIM_HORIZON, LATEST, "
            + "AT_TIMESTAMP or SHARD_END.");

    /// <summary>Compares positions of one shard.</summary>
    /// <param name="other">The position to compare with.</param>
    /// <returns>
    /// A value less than zero if this position is before <paramref name="other"/>, zero if they are equal, otherwise a value greater than
    /// zero.
    /// </returns>
    public int CompareTo(ExtendedSequenceNumber other)
    {
        var byKind = Rank(_kind).CompareTo(Rank(other._kind));
        if (byKind != 0 || _kind != Kind.Number)
        {
            return byKind;
        }

        var byNumber = SequenceNumber.CompareTo(other.SequenceNumber);
        return byNumber != 0 ? byNumber : SubSequenceNumber.CompareTo(other.SubSequenceNumber);
    }

    /// <summary>Returns whether the left position is before the right.</summary>
    public static bool operator <(ExtendedSequenceNumber left, ExtendedSequenceNumber right) => left.CompareTo(right) < 0;

    /// <summary>Returns whether the left position is after the right.</summary>
    public static bool operator >(ExtendedSequenceNumber left, ExtendedSequenceNumber right) => left.CompareTo(right) > 0;

    /// <summary>Returns whether the left position is before or equal to the right.</summary>
    public static bool operator <=(ExtendedSequenceNumber left, ExtendedSequenceNumber right) => left.CompareTo(right) <= 0;

    /// <summary>Returns whether the left position is after or equal to the right.</summary>
    public static bool operator >=(ExtendedSequenceNumber left, ExtendedSequenceNumber right) => left.CompareTo(right) >= 0;

    /// <summary>Returns the stored form without the sub-sequence number: digits, or the name in upper case.</summary>
    public string ToCheckpointText() => _kind switch
    {
        Kind.TrimHorizon => "TRIM_HORIZON",
        Kind.AtTimestamp => "AT_TIMESTAMP",
        Kind.Latest => "LATEST",
        Kind.ShardEnd => "SHARD_END",
        _ => SequenceNumber.ToString(),
    };

    /// <summary>Returns the stored form, followed by <c>/</c> and the sub-sequence number unless it is 0.</summary>
    public override string ToString() => SubSequenceNumber == 0
        ? ToCheckpointText()
        : string.Create(CultureInfo.InvariantCulture, $"{ToCheckpointText()}/{SubSequenceNumber}");

    private static int Rank(Kind kind) => kind switch
    {
        Kind.AtTimestamp => -3,
        Kind.TrimHorizon => -2,
        Kind.Latest => -1,
        Kind.Number => 0,
        _ => 1,
    };
}
