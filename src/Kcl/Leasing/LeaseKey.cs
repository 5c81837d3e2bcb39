using Kcl.Streams;

namespace Kcl.Leasing;

/// <summary>Identifies a lease within an application: the key of its row. Ordered by its text.</summary>
/// <remarks>
/// The Java KCL uses two forms (<c>leases/Lease</c>, <c>leases/MultiStreamLease</c>). A fleet that reads one stream uses the shard's id,
/// for example <c>shardId-000000000000</c>. A fleet that reads several streams puts the stream in front of it:
/// <c>accountId:streamName:creationEpoch:shardId-000000000000</c>. No other type parses or creates these forms.
/// </remarks>
public readonly record struct LeaseKey : IComparable<LeaseKey>
{
    private readonly string? _value;

    /// <summary>Creates a key from the text of a row.</summary>
    /// <param name="value">The text; not empty. It need not have one of the two forms.</param>
    /// <exception cref="ArgumentException"><paramref name="value"/> is null or empty.</exception>
    public LeaseKey(string value)
    {
        ArgumentException.ThrowIfNullOrEmpty(value);
        _value = value;
    }

    /// <summary>Gets the text.</summary>
    /// <exception cref="InvalidOperationException">This is the default value, which is not a key.</exception>
    public string Value => _value
        ?? throw new InvalidOperationException("This LeaseKey is the default value and has no text. Create one with new LeaseKey(value).");

    /// <summary>Returns the key of a shard's lease.</summary>
    /// <param name="shard">The shard.</param>
    /// <param name="instance">The instance of the stream, if the application reads several streams; null if it reads one.</param>
    /// <returns>The key.</returns>
    /// <exception cref="ArgumentException"><paramref name="instance"/> has another name than the shard's stream.</exception>
    public static LeaseKey For(ShardRef shard, StreamInstance? instance = null)
    {
        if (instance is not { } stream)
        {
            return new(shard.ShardId.Value);
        }

        return stream.Name == shard.Stream.Name
            ? new($"{stream}:{shard.ShardId}")
            : throw new ArgumentException($"'{stream}' is not an instance of the shard's stream '{shard.Stream.Name}'.", nameof(instance));
    }

    /// <summary>Parses a key in one of the two forms.</summary>
    /// <param name="text">The text of the key.</param>
    /// <param name="instance">The stream that the key names; null for the key of a fleet that reads one stream.</param>
    /// <param name="shardId">The shard's id.</param>
    /// <returns>True if <paramref name="text"/> has one of the two forms; otherwise, false.</returns>
    public static bool TryParse(string? text, out StreamInstance? instance, out ShardId shardId)
    {
        instance = null;
        var end = text?.LastIndexOf(':') ?? -1;
        if (!ShardId.TryParse(text?[(end + 1)..], out shardId))
        {
            return false;
        }

        if (end < 0)
        {
            return true;
        }

        if (!StreamInstance.TryParse(text.AsSpan(0, end), out var stream))
        {
            shardId = default;
            return false;
        }

        instance = stream;
        return true;
    }

    /// <summary>Parses this key.</summary>
    /// <param name="instance">The stream that the key names; null for the key of a fleet that reads one stream.</param>
    /// <param name="shardId">The shard's id.</param>
    /// <returns>True if the key has one of the two forms; otherwise, false.</returns>
    public bool TryParse(out StreamInstance? instance, out ShardId shardId) => TryParse(_value, out instance, out shardId);

    /// <summary>Compares the texts ordinally.</summary>
    /// <param name="other">The key to compare with.</param>
    /// <returns>Less than, equal to or greater than zero.</returns>
    public int CompareTo(LeaseKey other) => string.CompareOrdinal(_value, other._value);

    /// <summary>Returns whether the left key sorts first.</summary>
    public static bool operator <(LeaseKey left, LeaseKey right) => left.CompareTo(right) < 0;

    /// <summary>Returns whether the right key sorts first.</summary>
    public static bool operator >(LeaseKey left, LeaseKey right) => left.CompareTo(right) > 0;

    /// <summary>Returns whether the left key does not sort after the right.</summary>
    public static bool operator <=(LeaseKey left, LeaseKey right) => left.CompareTo(right) <= 0;

    /// <summary>Returns whether the left key does not sort before the right.</summary>
    public static bool operator >=(LeaseKey left, LeaseKey right) => left.CompareTo(right) >= 0;

    /// <summary>Returns the text; an empty text for the default value.</summary>
    public override string ToString() => _value ?? "";
}
