namespace Kcl.Consuming;

/// <summary>The status of a shard's consumer.</summary>
/// <param name="State">The state.</param>
/// <param name="MillisBehindLatest">The lag of the last batch passed to the processor, in milliseconds; null if it is not known.</param>
/// <param name="RecordsDelivered">The number of records passed to the processor since the start.</param>
/// <param name="BytesDelivered">The payload of these records, in bytes.</param>
/// <param name="Delivered">The last position passed to the processor; null if nothing was passed yet.</param>
/// <param name="Restarts">The number of times that the processor was replaced.</param>
internal sealed record ShardConsumerStatus(
    ShardConsumerState State,
    long? MillisBehindLatest,
    long RecordsDelivered,
    long BytesDelivered,
    ExtendedSequenceNumber? Delivered,
    int Restarts);
