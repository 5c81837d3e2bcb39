using System.Diagnostics.CodeAnalysis;

namespace Kcl;

/// <summary>
/// The id of a shard, as assigned by Kinesis: 1 to 128 characters from <c>a-z A-Z 0-9 _ . -</c>, for example <c>shardId-000000000000</c>.
/// Shard ids are ordered by their text.
/// </summary>
public readonly record struct ShardId : IComparable<ShardId>
{
    private readonly string? _value;

    /// <summary>Creates a shard id.</summary>
    /// <param name="value">The id.</param>
    /// <exception cref="ArgumentException"><paramref name="value"/> is not a valid id.</exception>
    public ShardId(string value) => _value = KinesisNames.Require(value, "shard id");

    /// <summary>Gets the id.</summary>
    /// <exception cref="InvalidOperationException">This is the default value, which has no id.</exception>
    public string Value => _value ?? throw new InvalidOperationException(
        "This ShardId is the default value and has no id. Create one with new ShardId(id).");

    /// <summary>Parses a shard id.</summary>
    /// <param name="text">The text to parse.</param>
    /// <param name="result">The shard id; the default value if <paramref name="text"/> is not valid.</param>
    /// <returns>True if <paramref name="text"/> is a valid shard id; otherwise, false.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out ShardId result)
    {
        var isValid = KinesisNames.IsValid(text);
        result = isValid ? new(text!) : default;
        return isValid;
    }

    /// <summary>Compares the texts ordinally.</summary>
    /// <param name="other">The id to compare with.</param>
    /// <returns>A value less than zero if this id sorts first, zero if the ids are equal, otherwise a value greater than zero.</returns>
    public int CompareTo(ShardId other) => string.CompareOrdinal(_value, other._value);

    /// <summary>Returns whether the left id sorts before the right.</summary>
    public static bool operator <(ShardId left, ShardId right) => left.CompareTo(right) < 0;

    /// <summary>Returns whether the left id sorts after the right.</summary>
    public static bool operator >(ShardId left, ShardId right) => left.CompareTo(right) > 0;

    /// <summary>Returns whether the left id sorts before the right or is equal.</summary>
    public static bool operator <=(ShardId left, ShardId right) => left.CompareTo(right) <= 0;

    /// <summary>Returns whether the left id sorts after the right or is equal.</summary>
    public static bool operator >=(ShardId left, ShardId right) => left.CompareTo(right) >= 0;

    /// <summary>Returns the id; an empty text for the default value.</summary>
    public override string ToString() => _value ?? "";
}
