using Kcl.Internal;
using Kcl.Kinesis;

namespace Kcl.Retrieval;

/// <summary>
/// Reads one shard by one retrieval method, from the position of its <see cref="ReadCursor"/>. <see cref="RecordSource"/> does everything
/// that does not depend on the method. Used by one task.
/// </summary>
/// <remarks>
/// The source works in rounds. In a round, it opens the reader. It then plans, reads and accepts until the reader returns a pause or fails.
/// It closes the reader before it pauses.
/// </remarks>
internal interface IShardReader
{
    /// <summary>Gets a description of the reader, for logs.</summary>
    string Name { get; }

    /// <summary>Gets the pauses after unexpected failures.</summary>
    Backoff Backoff { get; }

    /// <summary>Opens what a read needs, for example a subscription. Called before each read, even if it is already open.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="KinesisException">The service refused the request.</exception>
    ValueTask OpenAsync(CancellationToken cancellationToken) => default;

    /// <summary>Decides how much the next read asks for.</summary>
    /// <param name="fairShare">The shard's equal share of the worker's byte budget.</param>
    /// <returns>The number of bytes to reserve for the response.</returns>
    long PlanRead(long fairShare);

    /// <summary>Reads once.</summary>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>What was read, or the pause that follows.</returns>
    /// <exception cref="KinesisException">The read failed. <see cref="Classify"/> says what that means.</exception>
    /// <exception cref="Exception">Any other failure ends the round. It is logged, and the next round follows after a pause.</exception>
    ValueTask<ReadStep> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Records that the last response was accepted, so that reading continues after it.</summary>
    /// <returns>The pause before the next read; null to read again in this round.</returns>
    TimeSpan? OnAccepted();

    /// <summary>Returns what a failure of <see cref="OpenAsync"/> or <see cref="ReadAsync"/> means.</summary>
    /// <param name="exception">The failure.</param>
    ReadFailure Classify(KinesisException exception);

    /// <summary>Records and logs that reading failed and will be tried again.</summary>
    /// <param name="code">The error code.</param>
    /// <param name="exception">What to log; null if the failure was logged already.</param>
    /// <returns>The pause before the next attempt.</returns>
    TimeSpan OnFailed(KinesisErrorCode code, KclException? exception);

    /// <summary>
    /// Closes what is open. Called before each pause and before the source is disposed, possibly more than once. A reader has no other end.
    /// </summary>
    ValueTask CloseAsync() => default;
}
