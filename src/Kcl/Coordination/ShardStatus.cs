using Kcl.Consuming;
using Kcl.Leasing;

namespace Kcl;

/// <summary>The status of one shard of the application, as one worker knows it.</summary>
public sealed record ShardStatus
{
    /// <summary>Gets the shard.</summary>
    public required ShardRef Shard { get; init; }

    /// <summary>Gets the shard's id within its stream.</summary>
    public ShardId ShardId => Shard.ShardId;

    /// <summary>Gets the state of the shard.</summary>
    public required ShardState State { get; init; }

    /// <summary>Gets the owner of the shard's lease; null if no worker owns it.</summary>
    public WorkerId? Owner { get; init; }

    /// <summary>Gets the checkpoint: the position through which the shard was processed.</summary>
    public required ExtendedSequenceNumber Checkpoint { get; init; }

    /// <summary>
    /// Gets how far the end of the last batch is behind the tip of the shard, in milliseconds; null if it is not known, and for shards of
    /// other workers.
    /// </summary>
    public long? MillisBehindLatest { get; init; }

    /// <summary>Gets the number of records passed to this worker's processor so far.</summary>
    public long RecordsDelivered { get; init; }

    /// <summary>Gets the payload of these records, in bytes.</summary>
    public long BytesDelivered { get; init; }

    /// <summary>Gets the last position passed to this worker's processor; null if nothing was passed yet.</summary>
    public ExtendedSequenceNumber? Delivered { get; init; }

    /// <summary>Gets the number of times that this worker replaced the shard's processor.</summary>
    public int Restarts { get; init; }

    /// <summary>Returns the status of a shard that does not run on this worker.</summary>
    internal static ShardStatus Elsewhere(ShardRef shard, Lease lease, WorkerId self) => new()
    {
        Shard = shard,
        State = lease.Checkpoint.IsShardEnd ? ShardState.Finished
            : lease.Owner is { } owner && owner != self ? ShardState.OnAnotherWorker
            : ShardState.Unowned,
        Owner = lease.Owner,
        Checkpoint = lease.Checkpoint,
    };

    /// <summary>Returns the status of a shard that runs on this worker.</summary>
    internal static ShardStatus Here(ShardRef shard, Lease lease, ShardConsumerStatus? status, WorkerId self) => new()
    {
        Shard = shard,
        State = status?.State switch
        {
            null or ShardConsumerState.Starting => ShardState.Starting,
            ShardConsumerState.WaitingForParents => ShardState.WaitingForParents,
            ShardConsumerState.Processing => ShardState.Processing,
            ShardConsumerState.Draining => ShardState.Stopping,
            _ => lease.Checkpoint.IsShardEnd ? ShardState.Finished : ShardState.Stopping,
        },
        Owner = self,
        Checkpoint = lease.Checkpoint,
        MillisBehindLatest = status?.MillisBehindLatest,
        RecordsDelivered = status?.RecordsDelivered ?? 0,
        BytesDelivered = status?.BytesDelivered ?? 0,
        Delivered = status?.Delivered,
        Restarts = status?.Restarts ?? 0,
    };
}
