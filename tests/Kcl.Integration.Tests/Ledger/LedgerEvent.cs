namespace Kcl.Integration.Tests.Ledger;

/// <summary>The kinds of events of a processor.</summary>
internal enum LedgerEventKind
{
    /// <summary>The processor was initialized with the checkpoint at which it resumes.</summary>
    Started,

    /// <summary>A record was delivered to the processor.</summary>
    Delivered,

    /// <summary>A checkpoint of the processor was acknowledged. The position is that of the last record delivered to it.</summary>
    Checkpointed,

    /// <summary>
    /// The processor was notified that its shard has ended, and is about to checkpoint the end. Once this is stored, child shards may
    /// start.
    /// </summary>
    ShardEnding,

    /// <summary>The checkpoint at the end of the shard was acknowledged.</summary>
    ShardEnded,

    /// <summary>The processor was notified that its lease is lost.</summary>
    LeaseLost,

    /// <summary>The processor was notified that its worker stops.</summary>
    ShutdownRequested,
}

/// <summary>A line of the ledger. The lines are in the order of the events.</summary>
/// <param name="At">The time, in milliseconds of the machine's clock.</param>
/// <param name="Kind">The kind of the event.</param>
/// <param name="Shard">The shard.</param>
/// <param name="Processor">The processor; for a child, its process id.</param>
/// <param name="Position">The position of the record or checkpoint; null if there is none.</param>
/// <param name="Number">The number in the record; −1 if there is none.</param>
/// <param name="Worker">The worker of the processor, if known.</param>
internal readonly record struct LedgerEvent(
    long At,
    LedgerEventKind Kind,
    ShardId Shard,
    int Processor,
    ExtendedSequenceNumber? Position,
    long Number,
    string Worker = "-");
