using Kcl.Kinesis;
using Kcl.Streams;

namespace Kcl.Leasing;

/// <summary>The writes that bring a lease into a stream. Pure.</summary>
internal static class LeaseMoves
{
    /// <summary>
    /// The write that moves a lease into the present stream. It is fenced, and takes the lease from its owner, who knows the earlier shard
    /// only.
    /// </summary>
    /// <param name="lease">The lease as it is.</param>
    /// <param name="shard">Its shard in the present stream.</param>
    /// <param name="stream">The present stream.</param>
    public static LeaseUpdate GoingOn(Lease lease, Shard shard, StreamIdentity stream) => new()
    {
        ExpectedCounter = lease.Counter,

        // A row that was removed and created again since it was read may have come to the same counter.
        ExpectedCheckpoint = lease.Checkpoint,
        Owner = new Change<WorkerId>(null),
        ParentShardIds = shard.Parents,
        ChildShardIds = [],
        HashKeyRange = shard.HashKeyRange,
        PrivateAttributes = new Dictionary<string, string?>(StringComparer.Ordinal) { [LeaseAnnotations.Stream] = stream.ToString(), [LeaseAnnotations.Start] = null },
    };

    /// <summary>
    /// The write that starts a lease over at the oldest record of its shard. It is fenced, and takes the lease from its owner.
    /// </summary>
    /// <inheritdoc cref="GoingOn" path="/param" />
    public static LeaseUpdate StartingOver(Lease lease, Shard shard, StreamIdentity stream) => GoingOn(lease, shard, stream) with
    {
        Checkpoint = ExtendedSequenceNumber.TrimHorizon,
        PendingCheckpoint = new Change<PendingCheckpoint>(null),
        OwnerSwitchesSinceCheckpoint = 0,
    };
}
