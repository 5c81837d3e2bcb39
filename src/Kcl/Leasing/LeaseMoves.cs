using Kcl.Kinesis;
using Kcl.Streams;

namespace Kcl.Leasing;

/// <summary>Creates the writes that move a lease into a stream. Pure functions.</summary>
internal static class LeaseMoves
{
    /// <summary>
    /// Creates the write that moves a lease into the current stream. The write requires the counter, and removes the owner, which knows
    /// only the earlier shard.
    /// </summary>
    /// <param name="lease">The current row.</param>
    /// <param name="shard">Its shard in the current stream.</param>
    /// <param name="stream">The current stream.</param>
    public static LeaseWrite CreateContinuation(Lease lease, Shard shard, StreamIdentity stream) =>
        CreateWrite(lease, CreateUpdate(shard, stream));

    /// <summary>
    /// Creates the write that restarts a lease at the oldest record of its shard. The write requires the counter, and removes the owner.
    /// </summary>
    /// <inheritdoc cref="CreateContinuation" path="/param" />
    public static LeaseWrite CreateRestart(Lease lease, Shard shard, StreamIdentity stream)
    {
        var update = CreateUpdate(shard, stream) with
        {
            Checkpoint = ExtendedSequenceNumber.TrimHorizon,
            PendingCheckpoint = new(null),
            OwnerSwitchesSinceCheckpoint = 0,
        };
        return CreateWrite(lease, update);
    }

    /// <summary>
    /// Creates the write that removes a lease of an earlier stream. A row that was created for the current stream in the meantime is not
    /// removed, even if it has reached the same counter.
    /// </summary>
    /// <param name="lease">The current row.</param>
    public static LeaseWrite CreateRemoval(Lease lease) => new()
    {
        Condition = WithSameStream(LeaseCondition.CounterIs(lease.Counter), lease),
        Change = LeaseDeletion.Instance,
    };

    /// <summary>
    /// Creates the write that stores the stream in a lease that names none. It does not affect the owner, and requires the checkpoint by
    /// which the stream was determined.
    /// </summary>
    /// <param name="lease">The current row.</param>
    /// <param name="stream">The stream.</param>
    public static LeaseWrite CreateStreamNote(Lease lease, StreamIdentity stream) => new()
    {
        Condition = WithSameStream(LeaseCondition.RowPresent, lease),
        Change = new LeaseUpdate
        {
            PrivateAttributes = new Dictionary<string, string?>(StringComparer.Ordinal) { [LeaseAnnotations.Stream] = stream.ToString() },
        },
    };

    private static LeaseCondition WithSameStream(LeaseCondition condition, Lease lease) => condition with
    {
        Checkpoint = lease.Checkpoint,
        PrivateAttributes = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            [LeaseAnnotations.Stream] = lease.PrivateAttributes.GetValueOrDefault(LeaseAnnotations.Stream),
        },
    };

    private static LeaseUpdate CreateUpdate(Shard shard, StreamIdentity stream) => new()
    {
        IncrementsCounter = true,
        ReleasesLease = true,
        ParentShardIds = shard.Parents,
        ChildShardIds = [],
        HashKeyRange = shard.HashKeyRange,
        PrivateAttributes = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            [LeaseAnnotations.Stream] = stream.ToString(),
            [LeaseAnnotations.Start] = null,
        },
    };

    // The checkpoint is required too, because a row that was deleted and re-created in the meantime may have reached the same counter.
    private static LeaseWrite CreateWrite(Lease lease, LeaseUpdate update) => new()
    {
        Condition = LeaseCondition.CounterIs(lease.Counter) with { Checkpoint = lease.Checkpoint },
        Change = update,
    };
}
