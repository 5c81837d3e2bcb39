using Kcl.Kinesis;
using Kcl.Streams;

namespace Kcl.Leasing.Administration;

/// <summary>An operation that an operator carries out on leases.</summary>
public sealed record LeaseOperation
{
    private LeaseOperation(LeaseOperationKind kind) => Kind = kind;

    /// <summary>
    /// Gets the operation that removes the owners of the leases. Checkpoints are kept, and running workers take the leases within seconds.
    /// </summary>
    public static LeaseOperation Release { get; } = new(LeaseOperationKind.Release);

    /// <summary>
    /// Gets the operation that deletes the leases with their checkpoints. The next shard sync creates new leases for shards that are still
    /// in the stream.
    /// </summary>
    public static LeaseOperation Delete { get; } = new(LeaseOperationKind.Delete);

    /// <summary>Gets the kind of the operation.</summary>
    public LeaseOperationKind Kind { get; }

    /// <summary>Gets a description of the stream that adopts the leases; null for other operations.</summary>
    public string? Stream => Adoption?.Stream.Describe();

    /// <summary>Gets the position to which a reset sets the checkpoint; null for other operations.</summary>
    public ExtendedSequenceNumber? Position { get; private init; }

    /// <summary>Gets the rules of an adoption; null for other operations.</summary>
    internal LeaseAdoption? Adoption { get; init; }

    /// <summary>
    /// Creates the operation that assigns the leases to a stream. A checkpoint that can be a position of the stream is kept. A shard whose
    /// checkpoint cannot be a position of the stream restarts at <c>TRIM_HORIZON</c>. Leases of shards that the stream does not have are
    /// removed.
    /// </summary>
    /// <param name="stream">The stream.</param>
    /// <param name="shards">The whole shard list of the stream.</param>
    public static LeaseOperation Adopt(StreamDescriptionSummary stream, IReadOnlyList<Shard> shards)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(shards);
        return new(LeaseOperationKind.Adopt) { Adoption = new(StreamIdentity.Of(stream), new(shards)) };
    }

    /// <summary>
    /// Creates the operation that sets the checkpoint to another position, forward or back, and removes a pending checkpoint and the owner.
    /// </summary>
    /// <param name="position">The position from which the shards resume: a named position other than <c>SHARD_END</c>.</param>
    /// <exception cref="ArgumentException"><paramref name="position"/> is a record's position or <c>SHARD_END</c>.</exception>
    public static LeaseOperation Reset(ExtendedSequenceNumber position) => position.IsNumber || position.IsShardEnd
        ? throw new ArgumentException(
            $"A lease cannot be reset to {position}. Use a position at which a new lease can start, for example TRIM_HORIZON.",
            nameof(position))
        : new(LeaseOperationKind.Reset) { Position = position };
}
