using Kcl.Internal;
using Kcl.Kinesis;

namespace Kcl.Streams;

/// <summary>
/// A position at which the reading of a shard starts: a checkpoint, with the instant that a named position stands for. Everything that
/// depends on the kind of position is decided here. Immutable.
/// </summary>
/// <remarks>
/// <c>LATEST</c> and <c>AT_TIMESTAMP</c> stand for an instant that the checkpoint itself does not store. Without one, <c>LATEST</c> is the
/// tip of the shard, and <c>AT_TIMESTAMP</c> the oldest record: too much rather than too little. The default value is <c>TRIM_HORIZON</c>.
/// </remarks>
internal readonly record struct StartPosition
{
    private StartPosition(ExtendedSequenceNumber checkpoint, DateTimeOffset? instant)
    {
        Checkpoint = checkpoint;
        Instant = instant;
    }

    /// <summary>Gets the position of the oldest record.</summary>
    public static StartPosition TrimHorizon => default;

    /// <summary>Gets the checkpoint, as it is written to a lease.</summary>
    public ExtendedSequenceNumber Checkpoint { get; }

    /// <summary>Gets the instant that the position stands for; null if it stands for none, or if the instant is not known.</summary>
    public DateTimeOffset? Instant { get; }

    /// <summary>
    /// Gets a value indicating whether records of the shard's ancestors may count too, so that they must be read before the shard itself.
    /// False for a position from which the shard was already read.
    /// </summary>
    public bool IncludesAncestors => Checkpoint == ExtendedSequenceNumber.TrimHorizon || Checkpoint == ExtendedSequenceNumber.AtTimestamp;

    /// <summary>
    /// Gets a value indicating whether the position is <c>LATEST</c>: records that were put before the first look do not count.
    /// </summary>
    public bool IsLatest => Checkpoint == ExtendedSequenceNumber.Latest;

    /// <summary>Gets a value indicating whether the position needs an instant from the configuration and has none.</summary>
    public bool LacksInstant => Checkpoint == ExtendedSequenceNumber.AtTimestamp && Instant is null;

    /// <summary>Gets the filter with which the service lists the shards that an application without leases starts with.</summary>
    public ShardFilter ListFilter => Checkpoint switch
    {
        _ when IsLatest => new(ShardFilterType.AtLatest),
        _ when Checkpoint == ExtendedSequenceNumber.AtTimestamp && Instant is { } instant => new(ShardFilterType.AtTimestamp, instant),
        _ => new(ShardFilterType.AtTrimHorizon),
    };

    private bool StandsForInstant => IsLatest || Checkpoint == ExtendedSequenceNumber.AtTimestamp;

    /// <summary>Returns <c>LATEST</c>.</summary>
    /// <param name="instant">The instant of the first look; null for the tip.</param>
    public static StartPosition Latest(DateTimeOffset? instant) => new(ExtendedSequenceNumber.Latest, instant);

    /// <summary>Returns the position that a checkpoint means.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="stored">The instant that is stored with the checkpoint; null if there is none.</param>
    /// <param name="configured">The configured instant of <c>AT_TIMESTAMP</c>, used if none is stored; null if there is none.</param>
    public static StartPosition From(ExtendedSequenceNumber checkpoint, DateTimeOffset? stored = null, DateTimeOffset? configured = null)
    {
        var position = new StartPosition(checkpoint, stored);
        return position.IsLatest ? position : new(checkpoint, position.StandsForInstant ? stored ?? configured : null);
    }

    /// <summary>Returns the position with another instant, if it stands for one.</summary>
    /// <param name="instant">The instant; null if it is not known.</param>
    public StartPosition WithInstant(DateTimeOffset? instant) => StandsForInstant ? new(Checkpoint, instant) : this;

    /// <summary>
    /// Returns the position once the shard was looked at: <c>LATEST</c> then stands for that moment, unless it has an instant.
    /// </summary>
    /// <param name="now">An instant from which nothing is missed that is put from now on.</param>
    public StartPosition ResolvedAt(DateTimeOffset now) => IsLatest && Instant is null ? new(Checkpoint, now) : this;

    /// <summary>Returns the position with which a child shard continues a shard that was read to its end from this position.</summary>
    public StartPosition ForChild() => Checkpoint == ExtendedSequenceNumber.AtTimestamp ? this : TrimHorizon;

    /// <summary>Returns what to ask the service for.</summary>
    /// <remarks>A number is read again, not passed: the checkpoint may lie in the middle of an aggregate.</remarks>
    /// <exception cref="InvalidOperationException">The position is the end of the shard.</exception>
    public StartingPosition ToIterator() => Checkpoint switch
    {
        { IsNumber: true, SequenceNumber: var number } => StartingPosition.At(number),
        { IsShardEnd: true } => throw new InvalidOperationException("The shard was read to its end. A finished shard is not read again."),
        _ when Instant is { } instant => StartingPosition.AtTimestamp(instant),
        _ when IsLatest => StartingPosition.Latest,
        _ => StartingPosition.TrimHorizon,
    };

    /// <summary>Returns the checkpoint's text, with the instant that it stands for.</summary>
    public override string ToString() => Instant is { } instant ? $"{Checkpoint} ({Instants.ToText(instant)})" : Checkpoint.ToString();
}
