namespace Kcl;

/// <summary>
/// The id of a shard, as Kinesis gives it: 1 to 128 of <c>a-z A-Z 0-9 _ . -</c>, for example <c>shardId-000000000000</c>. Ordered by its
/// text.
/// </summary>
public readonly record struct ShardId : IComparable<ShardId>
{
    private readonly string? _value;

    /// <summary>Creates a shard id.</summary>
    /// <param name="value">The id.</param>
    /// <exception cref="ArgumentException"><paramref name="value"/> is not a valid id.</exception>
    public ShardId(string value) => _value = KinesisNames.Require(value, "shard id");

    /// <summary>Gets the id.</summary>
    public string Value => _value ?? throw new InvalidOperationException("This shard id was never set.");

    /// <summary>Reads a shard id.</summary>
    /// <param name="text">The text to read.</param>
    /// <param name="result">The shard id.</param>
    /// <returns><see langword="true"/> if <paramref name="text"/> is a valid shard id.</returns>
    public static bool TryParse(string? text, out ShardId result)
    {
        var isValid = KinesisNames.IsValid(text);
        result = isValid ? new(text!) : default;
        return isValid;
    }

    /// <summary>Compares the texts ordinally.</summary>
    /// <param name="other">The id to compare with.</param>
    /// <returns>Less than, equal to or greater than zero.</returns>
    public int CompareTo(ShardId other) => string.CompareOrdinal(_value, other._value);

    /// <summary>Returns whether the left id sorts before the right.</summary>
    public static bool operator <(ShardId left, ShardId right) => left.CompareTo(right) < 0;

    /// <summary>Returns whether the left id sorts after the right.</summary>
    public static bool operator >(ShardId left, ShardId right) => left.CompareTo(right) > 0;

    /// <summary>Returns whether the left id sorts before the right or is equal.</summary>
    public static bool operator <=(ShardId left, ShardId right) => left.CompareTo(right) <= 0;

    /// <summary>Returns whether the left id sorts after the right or is equal.</summary>
    public static bool operator >=(ShardId left, ShardId right) => left.CompareTo(right) >= 0;

    /// <summary>Returns the id.</summary>
    public override string ToString() => _value ?? "";
}
