using Kcl.Kinesis;
using Kcl.Leasing;
using Kcl.Streams;

namespace Kcl.Consuming;

/// <summary>One shard's life in this worker, from the wait for its parents to its processor's last call.</summary>
internal interface IShardConsumer : IAsyncDisposable
{
    /// <summary>Completes, and never faults, when the processor has had its last call and everything the shard held is given back.</summary>
    Task<ShardConsumerOutcome> Completion { get; }

    /// <summary>What is going on, for status displays and metrics.</summary>
    ShardConsumerStatus Status { get; }

    /// <summary>Starts the shard's task.</summary>
    void Start();

    /// <summary>Asks for an orderly stop: stop fetching, let the batch finish, <c>shutdownRequested</c>, final checkpoint, <c>leaseLost</c>. The lease stays held throughout; the caller releases it afterwards.</summary>
    void RequestStop();

    /// <summary>Ends the patience of a stop: cancels the processor's token.</summary>
    void Abort();
}

/// <summary>Why a shard's life in this worker ended.</summary>
internal enum ShardConsumerOutcome
{
    /// <summary>The lease was lost; nothing more was written.</summary>
    LeaseLost,

    /// <summary>An orderly stop; the lease is still held and is to be released.</summary>
    Stopped,

    /// <summary>The shard was consumed to its end and <c>SHARD_END</c> is checkpointed.</summary>
    ShardEnded,

    /// <summary>The consumer gave up (a failing processor, no progress); the lease is to be released so that another worker may try.</summary>
    GaveUp,
}

/// <summary>What a shard's consumer is doing.</summary>
/// <param name="State">The state of its life.</param>
/// <param name="MillisBehindLatest">The lag of the last batch handed to the processor, if known.</param>
/// <param name="RecordsDelivered">Records handed to the processor since the start.</param>
/// <param name="BytesDelivered">Their payload bytes.</param>
/// <param name="Delivered">The last position handed to the processor.</param>
/// <param name="Restarts">How often the processor was replaced.</param>
internal sealed record ShardConsumerStatus(ShardConsumerState State, long? MillisBehindLatest, long RecordsDelivered, long BytesDelivered, ExtendedSequenceNumber? Delivered, int Restarts);

/// <summary>The states of a shard's life in a worker.</summary>
internal enum ShardConsumerState { WaitingForParents, Starting, Processing, Draining, Ended }

/// <summary>What the coordination does for a shard's consumer.</summary>
internal interface IShardCoordination : IShardDirectory
{
    /// <summary>Completes when every parent of the lease is finished: its row says <c>SHARD_END</c> or is gone.</summary>
    ValueTask WhenParentsFinishedAsync(Lease lease, CancellationToken cancellationToken);

    /// <summary>Makes sure that every child has a lease and that the parent's row names its children; before <c>SHARD_END</c> is checkpointed.</summary>
    /// <param name="held">The ended shard's lease.</param>
    /// <param name="children">As the last read named them; empty where the server does not say: then they are looked up in the shard list.</param>
    /// <param name="cancellationToken">Cancelled when the lease is lost or the worker stops.</param>
    ValueTask CreateChildLeasesAsync(IHeldLease held, IReadOnlyList<ChildShard> children, CancellationToken cancellationToken);
}
