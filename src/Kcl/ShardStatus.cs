using Kcl.Consuming;
using Kcl.Leasing;

namespace Kcl;

/// <summary>One shard of the application, as a worker sees it.</summary>
/// <param name="ShardId">The shard.</param>
/// <param name="State">What happens with it.</param>
/// <param name="Owner">Who owns its lease; null when nobody does.</param>
/// <param name="Checkpoint">How far it was processed.</param>
/// <param name="MillisBehindLatest">How far behind the tip of the shard the last batch ended, in milliseconds; null where not known, and for shards of other workers.</param>
/// <param name="RecordsDelivered">The records handed to this worker's processor so far.</param>
/// <param name="BytesDelivered">Their payload in bytes.</param>
/// <param name="Delivered">The last position handed to this worker's processor.</param>
/// <param name="Restarts">How often this worker replaced the shard's processor.</param>
public sealed record ShardStatus(
    ShardId ShardId,
    ShardState State,
    WorkerId? Owner,
    ExtendedSequenceNumber Checkpoint,
    long? MillisBehindLatest,
    long RecordsDelivered,
    long BytesDelivered,
    ExtendedSequenceNumber? Delivered,
    int Restarts)
{
    internal static ShardStatus Elsewhere(Lease lease, WorkerId self) => new(
        lease.ShardId,
        lease.Checkpoint.IsShardEnd ? ShardState.Finished : lease.Owner is { } owner && owner != self ? ShardState.OnAnotherWorker : ShardState.Unowned,
        lease.Owner,
        lease.Checkpoint,
        MillisBehindLatest: null,
        RecordsDelivered: 0,
        BytesDelivered: 0,
        Delivered: null,
        Restarts: 0);

    internal static ShardStatus Here(Lease lease, ShardConsumerStatus? status, WorkerId self) => new(
        lease.ShardId,
        status?.State switch
        {
            null or ShardConsumerState.Starting => ShardState.Starting,
            ShardConsumerState.WaitingForParents => ShardState.WaitingForParents,
            ShardConsumerState.Processing => ShardState.Processing,
            ShardConsumerState.Draining => ShardState.Stopping,
            _ => lease.Checkpoint.IsShardEnd ? ShardState.Finished : ShardState.Stopping,
        },
        self,
        lease.Checkpoint,
        status?.MillisBehindLatest,
        status?.RecordsDelivered ?? 0,
        status?.BytesDelivered ?? 0,
        status?.Delivered,
        status?.Restarts ?? 0);
}

/// <summary>What happens with a shard.</summary>
public enum ShardState
{
    /// <summary>Nobody owns it just now.</summary>
    Unowned,

    /// <summary>Another worker owns it.</summary>
    OnAnotherWorker,

    /// <summary>This worker owns it; its parents are not finished yet.</summary>
    WaitingForParents,

    /// <summary>This worker owns it; its processor is being initialised.</summary>
    Starting,

    /// <summary>This worker reads it.</summary>
    Processing,

    /// <summary>This worker is about to give it up.</summary>
    Stopping,

    /// <summary>It was consumed to its end.</summary>
    Finished,
}
