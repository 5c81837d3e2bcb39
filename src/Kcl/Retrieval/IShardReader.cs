using Kcl.Internal;
using Kcl.Kinesis;

namespace Kcl.Retrieval;

/// <summary>
/// Reads one shard in one way, from where its <see cref="ReadCursor"/> points. <see cref="RecordSource"/> does everything that does not
/// depend
/// on the way. Used by one task.
/// </summary>
/// <remarks>
/// The source works in rounds. In a round it opens the reader, then plans, reads and accepts until the reader asks for a pause or fails,
/// and
/// closes the reader before it pauses.
/// </remarks>
internal interface IShardReader
{
    /// <summary>Gets what the reader does, for logs.</summary>
    string Name { get; }

    /// <summary>Gets the pauses after failures that nobody foresaw.</summary>
    Backoff Backoff { get; }

    /// <summary>Opens what a read needs beforehand. Called before each read, also if it is open already.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="KinesisException">The service refused.</exception>
    ValueTask OpenAsync(CancellationToken cancellationToken) => default;

    /// <summary>Decides how much the next read asks for.</summary>
    /// <param name="fairShare">The shard's share of the worker's bytes.</param>
    /// <returns>The bytes to reserve for the response.</returns>
    long PlanRead(long fairShare);

    /// <summary>Reads once.</summary>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>What was read, or the pause that follows.</returns>
    /// <exception cref="KinesisException">The read failed.</exception>
    ValueTask<ReadStep> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Notes that the last response was accepted, so that reading continues after it.</summary>
    /// <returns>The pause before the next read; null to read on in this round.</returns>
    TimeSpan? OnAccepted();

    /// <summary>Returns what a failure of <see cref="OpenAsync"/> or <see cref="ReadAsync"/> means.</summary>
    /// <param name="exception">The failure.</param>
    ReadFailure Classify(KinesisException exception);

    /// <summary>Notes that reading failed but will be tried again, and logs it.</summary>
    /// <param name="code">How it failed.</param>
    /// <param name="exception">What to log; null if the failure was logged already.</param>
    /// <returns>The pause before the next try.</returns>
    TimeSpan OnFailed(KinesisErrorCode code, KclException? exception);

    /// <summary>Closes what is open. Called before each pause; may be called more than once.</summary>
    ValueTask CloseAsync() => default;
}
