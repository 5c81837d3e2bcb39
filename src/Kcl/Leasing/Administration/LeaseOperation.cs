using Kcl.Kinesis;
using Kcl.Streams;

namespace Kcl.Leasing.Administration;

/// <summary>What an operator wants done to leases.</summary>
public sealed record LeaseOperation
{
    private LeaseOperation(LeaseOperationKind kind, ExtendedSequenceNumber? position = null) => (Kind, Position) = (kind, position);

    /// <summary>Takes the leases from their owners; checkpoints stay. Other workers take them over within a moment.</summary>
    public static LeaseOperation Release { get; } = new(LeaseOperationKind.Release);

    /// <summary>Removes the leases with their checkpoints. Shards still in the stream get new ones from the next shard sync.</summary>
    public static LeaseOperation Delete { get; } = new(LeaseOperationKind.Delete);

    /// <summary>What is done.</summary>
    public LeaseOperationKind Kind { get; }

    /// <summary>The stream of an adoption, in a sentence; null for other operations.</summary>
    public string? Stream => Identity?.Describe();

    internal StreamIdentity? Identity { get; private init; }

    internal ShardTree? Shards { get; private init; }

    /// <summary>Whether leases of the application are known to be of another stream than the one that adopts them.</summary>
    internal bool HasLeasesOfAnother { get; init; }

    /// <summary>Where a reset sets the checkpoint; null for other operations.</summary>
    public ExtendedSequenceNumber? Position { get; }

    /// <summary>Makes the leases those of a stream. Checkpoints that can be of the stream stay; shards with one that cannot start over at <c>TRIM_HORIZON</c>, and leases of shards that it does not have are removed.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="shards">Its whole shard list.</param>
    public static LeaseOperation Adopt(StreamDescriptionSummary stream, IReadOnlyList<Shard> shards)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(shards);
        return new(LeaseOperationKind.Adopt) { Identity = StreamIdentity.Of(stream), Shards = new(shards) };
    }

    /// <summary>Sets the checkpoint to another position, forward or back, drops a pending one, and takes the leases from their owners.</summary>
    /// <param name="position">Where the shards are to resume: a named position other than <c>SHARD_END</c>.</param>
    /// <exception cref="ArgumentException"><paramref name="position"/> is a record's position or <c>SHARD_END</c>.</exception>
    public static LeaseOperation Reset(ExtendedSequenceNumber position) => position.IsNumber || position.IsShardEnd
        ? throw new ArgumentException($"A lease can be reset to TRIM_HORIZON, LATEST or AT_TIMESTAMP, not to {position}.", nameof(position))
        : new(LeaseOperationKind.Reset, position);
}

/// <summary>The kinds of <see cref="LeaseOperation"/>.</summary>
public enum LeaseOperationKind
{
    /// <summary>The owner is removed.</summary>
    Release,

    /// <summary>The checkpoint is set to another position.</summary>
    Reset,

    /// <summary>The row is removed.</summary>
    Delete,

    /// <summary>The row is made one of a stream.</summary>
    Adopt,
}
