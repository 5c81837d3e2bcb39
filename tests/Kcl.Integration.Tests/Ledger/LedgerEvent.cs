namespace Kcl.Integration.Tests.Ledger;

/// <summary>What can happen to one processor.</summary>
internal enum LedgerEventKind
{
    /// <summary>It was initialized, with the checkpoint it resumes at.</summary>
    Started,

    /// <summary>A record reached it.</summary>
    Delivered,

    /// <summary>A checkpoint of its was acknowledged; the position is that of the last record delivered to it.</summary>
    Checkpointed,

    /// <summary>
    /// The processor was notified that its shard has ended, and is about to checkpoint the end. Once this is stored, child shards may
    /// start.
    /// </summary>
    ShardEnding,

    /// <summary>Its shard's end was checkpointed and acknowledged.</summary>
    ShardEnded,

    /// <summary>The processor was notified that its lease is lost.</summary>
    LeaseLost,

    /// <summary>The processor was notified that its worker stops.</summary>
    ShutdownRequested,
}

/// <summary>One line of the ledger. Lines are in the order in which things happened.</summary>
/// <param name="At">When, in milliseconds of the machine's clock.</param>
/// <param name="Kind">What.</param>
/// <param name="Shard">In which shard.</param>
/// <param name="Processor">To which processor: for a child its process id.</param>
/// <param name="Position">A record's or checkpoint's position; null where there is none.</param>
/// <param name="Number">What the record said; −1 where there is none.</param>
/// <param name="Worker">The worker of the processor, if known.</param>
internal readonly record struct LedgerEvent(
    long At,
    LedgerEventKind Kind,
    ShardId Shard,
    int Processor,
    ExtendedSequenceNumber? Position,
    long Number,
    string Worker = "-");
