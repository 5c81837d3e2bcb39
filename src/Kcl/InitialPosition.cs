using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Kcl;

/// <summary>The position in a shard where a worker starts if the shard has no lease yet.</summary>
public readonly record struct InitialPosition : IParsable<InitialPosition>
{
    private static readonly string[] InstantFormats = ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mmK"];

    private InitialPosition(ExtendedSequenceNumber checkpoint, DateTimeOffset? timestamp = null)
    {
        Checkpoint = checkpoint;
        Timestamp = timestamp;
    }

    /// <summary>Gets the position at the oldest record of each shard: <c>TRIM_HORIZON</c>.</summary>
    public static InitialPosition TrimHorizon => new(ExtendedSequenceNumber.TrimHorizon);

    /// <summary>Gets the position after the newest record at the time when the application first reads the stream: <c>LATEST</c>.</summary>
    public static InitialPosition Latest => new(ExtendedSequenceNumber.Latest);

    /// <summary>Gets the positions that are identified by name alone, without a timestamp.</summary>
    public static IReadOnlyList<InitialPosition> Named { get; } = [Latest, TrimHorizon];

    /// <summary>Gets the checkpoint of a new lease: one of the named positions.</summary>
    public ExtendedSequenceNumber Checkpoint { get; }

    /// <summary>Gets the timestamp of <see cref="AtTimestamp(DateTimeOffset)"/>; null for the other positions.</summary>
    public DateTimeOffset? Timestamp { get; }

    /// <summary>Returns the position at the first record that arrived at or after a timestamp.</summary>
    /// <param name="timestamp">The timestamp.</param>
    public static InitialPosition AtTimestamp(DateTimeOffset timestamp) => new(ExtendedSequenceNumber.AtTimestamp, timestamp);

    /// <summary>
    /// Parses a position: <c>LATEST</c>, <c>TRIM_HORIZON</c>, or an ISO 8601 timestamp with its offset from UTC, for example
    /// <c>2025-01-31T12:00:00Z</c>.
    /// </summary>
    /// <param name="text">The text to parse. Case is ignored; the current culture has no effect.</param>
    /// <exception cref="FormatException"><paramref name="text"/> is not a position.</exception>
    public static InitialPosition Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out var result)
            ? result
            : throw new FormatException(
                $"'{text}' is not an initial position. Use {string.Join(", ", Named)}, or a timestamp with its offset from UTC, "
                + "for example 2025-01-31T12:00:00Z.");
    }

    static InitialPosition IParsable<InitialPosition>.Parse(string s, IFormatProvider? provider) => Parse(s);

    /// <summary>Parses a position in a form that <see cref="Parse(string)"/> accepts.</summary>
    /// <param name="text">The text to parse.</param>
    /// <param name="result">The position; the default value if the text is not a position.</param>
    /// <returns>True if <paramref name="text"/> is a position; otherwise, false.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out InitialPosition result)
    {
        result = default;
        foreach (var named in Named)
        {
            if (string.Equals(text, named.ToString(), StringComparison.OrdinalIgnoreCase))
            {
                result = named;
                return true;
            }
        }

        // "K" also accepts a text without an offset, which would mean the time zone of this machine. Workers would then start at different
        // records.
        const DateTimeStyles KindKept = DateTimeStyles.RoundtripKind;
        if (!DateTime.TryParseExact(text, InstantFormats, CultureInfo.InvariantCulture, KindKept, out var local)
            || local.Kind == DateTimeKind.Unspecified
            || !DateTimeOffset.TryParseExact(text, InstantFormats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var instant))
        {
            return false;
        }

        result = AtTimestamp(instant);
        return true;
    }

    static bool IParsable<InitialPosition>.TryParse(
        [NotNullWhen(true)] string? s, IFormatProvider? provider, out InitialPosition result) => TryParse(s, out result);

    /// <summary>Returns the text that <see cref="Parse(string)"/> accepts.</summary>
    public override string ToString() =>
        Timestamp?.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", CultureInfo.InvariantCulture) ?? Checkpoint.ToCheckpointText();
}
