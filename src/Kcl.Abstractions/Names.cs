using System.Buffers;

namespace Kcl;

/// <summary>The name of a stream: 1 to 128 of <c>a-z A-Z 0-9 _ . -</c>.</summary>
public readonly record struct StreamName
{
    private readonly string? _value;

    /// <summary>Creates a stream name.</summary>
    /// <param name="value">The name.</param>
    /// <exception cref="ArgumentException"><paramref name="value"/> is not a valid name.</exception>
    public StreamName(string value) => _value = KinesisNames.Require(value, "stream name");

    /// <summary>The name.</summary>
    public string Value => _value ?? throw new InvalidOperationException("This stream name was never set.");

    /// <summary>The name.</summary>
    public override string ToString() => _value ?? "";
}

/// <summary>The id of a shard, as Kinesis gives it: 1 to 128 of <c>a-z A-Z 0-9 _ . -</c>, for example <c>shardId-000000000000</c>. Ordered by its text.</summary>
public readonly record struct ShardId : IComparable<ShardId>
{
    private readonly string? _value;

    /// <summary>Creates a shard id.</summary>
    /// <param name="value">The id.</param>
    /// <exception cref="ArgumentException"><paramref name="value"/> is not a valid id.</exception>
    public ShardId(string value) => _value = KinesisNames.Require(value, "shard id");

    /// <summary>The id.</summary>
    public string Value => _value ?? throw new InvalidOperationException("This shard id was never set.");

    /// <summary>Compares the texts ordinally.</summary>
    /// <param name="other">The id to compare with.</param>
    /// <returns>Less than, equal to or greater than zero.</returns>
    public int CompareTo(ShardId other) => string.CompareOrdinal(_value, other._value);

    /// <summary>Whether the left id sorts first.</summary>
    public static bool operator <(ShardId left, ShardId right) => left.CompareTo(right) < 0;

    /// <summary>Whether the right id sorts first.</summary>
    public static bool operator >(ShardId left, ShardId right) => left.CompareTo(right) > 0;

    /// <summary>Whether the left id does not sort after the right.</summary>
    public static bool operator <=(ShardId left, ShardId right) => left.CompareTo(right) <= 0;

    /// <summary>Whether the left id does not sort before the right.</summary>
    public static bool operator >=(ShardId left, ShardId right) => left.CompareTo(right) >= 0;

    /// <summary>The id.</summary>
    public override string ToString() => _value ?? "";
}

/// <summary>The ARN of a stream: <c>arn:partition:kinesis:region:account:stream/name</c>.</summary>
public readonly record struct StreamArn
{
    private readonly string? _value;

    private StreamArn(string value, string partition, string region, string accountId, StreamName streamName) =>
        (_value, Partition, Region, AccountId, StreamName) = (value, partition, region, accountId, streamName);

    /// <summary>The partition: <c>aws</c>, <c>aws-cn</c>, <c>aws-us-gov</c> …</summary>
    public string Partition { get; }

    /// <summary>The region, for example <c>eu-central-1</c>.</summary>
    public string Region { get; }

    /// <summary>The 12 digits of the account.</summary>
    public string AccountId { get; }

    /// <summary>The stream's name.</summary>
    public StreamName StreamName { get; }

    /// <summary>The whole ARN.</summary>
    public string Value => _value ?? throw new InvalidOperationException("This stream ARN was never set.");

    /// <summary>Reads an ARN.</summary>
    /// <param name="text">The text to read.</param>
    /// <param name="result">The ARN.</param>
    /// <returns>Whether <paramref name="text"/> is the ARN of a stream.</returns>
    public static bool TryParse(string? text, out StreamArn result)
    {
        result = default;
        var parts = text?.Split(':');
        if (parts is not ["arn", var partition, "kinesis", var region, var account, var resource]
            || !partition.StartsWith("aws", StringComparison.Ordinal)
            || region.Length == 0 || region.AsSpan().ContainsAnyExcept(KinesisNames.RegionCharacters)
            || account.Length != 12 || account.AsSpan().ContainsAnyExceptInRange('0', '9')
            || !resource.StartsWith("stream/", StringComparison.Ordinal)
            || !KinesisNames.IsValid(resource["stream/".Length..]))
        {
            return false;
        }

        result = new(text!, partition, region, account, new(resource["stream/".Length..]));
        return true;
    }

    /// <summary>Reads what <see cref="TryParse"/> accepts.</summary>
    /// <param name="text">The text to read.</param>
    /// <returns>The ARN.</returns>
    /// <exception cref="FormatException"><paramref name="text"/> is not the ARN of a stream.</exception>
    public static StreamArn Parse(string text) =>
        TryParse(text, out var result) ? result : throw new FormatException($"'{text}' is not the ARN of a stream: arn:aws:kinesis:<region>:<12-digit account>:stream/<name>.");

    /// <summary>The whole ARN.</summary>
    public override string ToString() => _value ?? "";
}

internal static class KinesisNames
{
    public static readonly SearchValues<char> RegionCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");
    private static readonly SearchValues<char> Characters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-");

    public static bool IsValid(string? value) => value is { Length: >= 1 and <= 128 } && !value.AsSpan().ContainsAnyExcept(Characters);

    public static string Require(string? value, string what) => IsValid(value)
        ? value!
        : throw new ArgumentException($"'{value}' is not a valid {what}: 1 to 128 characters of a-z, A-Z, 0-9, '_', '.' and '-'.", nameof(value));
}
