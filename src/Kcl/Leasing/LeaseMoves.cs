using Kcl.Kinesis;
using Kcl.Streams;

namespace Kcl.Leasing;

/// <summary>Creates the writes that move a lease into a stream. Pure.</summary>
internal static class LeaseMoves
{
    /// <summary>
    /// Returns the write that moves a lease into the present stream. It is fenced, and removes the owner, which knows only the earlier
    /// shard.
    /// </summary>
    /// <param name="lease">The lease as it is.</param>
    /// <param name="shard">Its shard in the present stream.</param>
    /// <param name="stream">The present stream.</param>
    public static LeaseWrite GoingOn(Lease lease, Shard shard, StreamIdentity stream) => Write(lease, Moved(shard, stream));

    /// <summary>
    /// Returns the write that starts a lease over at the oldest record of its shard. It is fenced, and removes the owner.
    /// </summary>
    /// <inheritdoc cref="GoingOn" path="/param" />
    public static LeaseWrite StartingOver(Lease lease, Shard shard, StreamIdentity stream) => Write(lease, Moved(shard, stream) with
    {
        Checkpoint = ExtendedSequenceNumber.TrimHorizon,
        PendingCheckpoint = new(null),
        OwnerSwitchesSinceCheckpoint = 0,
    });

    /// <summary>
    /// Returns the write that removes a lease of an earlier stream. It never removes a row that was created for the present stream
    /// meanwhile, also if that row has reached the same counter.
    /// </summary>
    /// <param name="lease">The lease as it is.</param>
    public static LeaseWrite Removing(Lease lease) => new()
    {
        Condition = WithSameStream(LeaseCondition.CounterIs(lease.Counter), lease),
        Change = LeaseDeletion.Instance,
    };

    /// <summary>
    /// Returns the write that notes the stream of a lease that names none. It does not disturb the owner, and requires the checkpoint from
    /// which the stream was concluded.
    /// </summary>
    /// <param name="lease">The lease as it is.</param>
    /// <param name="stream">The stream.</param>
    public static LeaseWrite Naming(Lease lease, StreamIdentity stream) => new()
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

    private static LeaseUpdate Moved(Shard shard, StreamIdentity stream) => new()
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

    // A row that was deleted and created again since it was read may have reached the same counter.
    private static LeaseWrite Write(Lease lease, LeaseUpdate update) => new()
    {
        Condition = LeaseCondition.CounterIs(lease.Counter) with { Checkpoint = lease.Checkpoint },
        Change = update,
    };
}
