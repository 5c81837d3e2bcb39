using Kcl.Internal;
using Kcl.Kinesis;

namespace Kcl.Streams;

/// <summary>
/// A position at which the reading of a shard starts: a checkpoint, with the start time of a named position. This type makes every decision
/// that depends on the kind of position. Immutable.
/// </summary>
/// <remarks>
/// <c>LATEST</c> and <c>AT_TIMESTAMP</c> stand for a time that the checkpoint itself does not contain. Without a time, <c>LATEST</c> is the
/// tip of the shard, and <c>AT_TIMESTAMP</c> the oldest record, so that records are delivered again rather than skipped. The default value
/// is <c>TRIM_HORIZON</c>.
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

    /// <summary>Gets the start time for which the position stands; null if it stands for none, or if the time is not known.</summary>
    public DateTimeOffset? Instant { get; }

    /// <summary>
    /// Gets a value indicating whether records of the shard's ancestors may be needed too. It is false for <c>LATEST</c> and for a position
    /// in the shard itself.
    /// </summary>
    public bool IncludesAncestors => Checkpoint == ExtendedSequenceNumber.TrimHorizon || Checkpoint == ExtendedSequenceNumber.AtTimestamp;

    /// <summary>
    /// Gets a value indicating whether the position is <c>LATEST</c>: records that were put before the application first described the
    /// stream are not read.
    /// </summary>
    public bool IsLatest => Checkpoint == ExtendedSequenceNumber.Latest;

    /// <summary>Gets a value indicating whether the position needs a start time from the configuration and has none.</summary>
    public bool LacksInstant => Checkpoint == ExtendedSequenceNumber.AtTimestamp && Instant is null;

    /// <summary>Gets the filter with which the service lists the shards with which an application without leases starts.</summary>
    public ShardFilter ListFilter => Checkpoint switch
    {
        _ when IsLatest => new(ShardFilterType.AtLatest),
        _ when Checkpoint == ExtendedSequenceNumber.AtTimestamp && Instant is { } instant => new(ShardFilterType.AtTimestamp, instant),
        _ => new(ShardFilterType.AtTrimHorizon),
    };

    private bool StandsForInstant => IsLatest || Checkpoint == ExtendedSequenceNumber.AtTimestamp;

    /// <summary>Returns <c>LATEST</c>.</summary>
    /// <param name="instant">The safe start time at which the application first described the stream; null for the tip.</param>
    public static StartPosition Latest(DateTimeOffset? instant) => new(ExtendedSequenceNumber.Latest, instant);

    /// <summary>Returns the position for which a checkpoint stands.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="stored">The start time that is stored with the checkpoint; null if there is none.</param>
    /// <param name="configured">The configured start time of <c>AT_TIMESTAMP</c>, used if none is stored; null if there is none.</param>
    public static StartPosition From(ExtendedSequenceNumber checkpoint, DateTimeOffset? stored = null, DateTimeOffset? configured = null)
    {
        var position = new StartPosition(checkpoint, stored);
        return position.IsLatest ? position : new(checkpoint, position.StandsForInstant ? stored ?? configured : null);
    }

    /// <summary>Returns the position with another start time, if it stands for a time.</summary>
    /// <param name="instant">The start time; null if it is not known.</param>
    public StartPosition WithInstant(DateTimeOffset? instant) => StandsForInstant ? new(Checkpoint, instant) : this;

    /// <summary>
    /// Returns the position with a start time: <c>LATEST</c> without a start time gets the given one; other positions do not change.
    /// </summary>
    /// <param name="now">A safe start time.</param>
    public StartPosition ResolveAt(DateTimeOffset now) => IsLatest && Instant is null ? new(Checkpoint, now) : this;

    /// <summary>Returns the position at which the child of a shard starts if the shard was read to its end from this position.</summary>
    public StartPosition ForChild() => Checkpoint == ExtendedSequenceNumber.AtTimestamp ? this : TrimHorizon;

    /// <summary>Returns the position to request from the service.</summary>
    /// <remarks>
    /// The service is asked for the checkpointed record itself, because the checkpoint may lie within an aggregate. Records that were
    /// processed are dropped later.
    /// </remarks>
    /// <exception cref="InvalidOperationException">The position is the end of the shard.</exception>
    public StartingPosition ToIterator() => Checkpoint switch
    {
        { IsNumber: true, SequenceNumber: var number } => StartingPosition.At(number),
        { IsShardEnd: true } => throw new InvalidOperationException("The shard was read to its end. A finished shard is not read again."),
        _ when Instant is { } instant => StartingPosition.AtTimestamp(instant),
        _ when IsLatest => StartingPosition.Latest,
        _ => StartingPosition.TrimHorizon,
    };

    /// <summary>Returns the checkpoint's text, with its start time.</summary>
    public override string ToString() => Instant is { } instant ? $"{Checkpoint} ({Instants.ToText(instant)})" : Checkpoint.ToString();
}
