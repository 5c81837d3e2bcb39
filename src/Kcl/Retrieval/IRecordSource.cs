using System.Diagnostics.CodeAnalysis;

namespace Kcl.Retrieval;

/// <summary>
/// The records of one shard, starting at one position. A source cannot be repositioned: to read from another position, dispose it and open
/// another source.
/// </summary>
internal interface IRecordSource : IAsyncDisposable
{
    /// <summary>
    /// Takes the next batch, in shard order, if there is one. The caller then owns it. The last batch is marked as the end of the shard.
    /// </summary>
    bool TryRead([NotNullWhen(true)] out RecordBatch? batch);

    /// <summary>Waits until <see cref="TryRead"/> may succeed. Throws only if it is canceled.</summary>
    ValueTask WaitToReadAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Gets the lag that the last response reported, in milliseconds; null before the first response, or if the service does not report it.
    /// </summary>
    long? MillisBehindLatest { get; }

    /// <summary>Gets a value indicating whether all batches that were read have been taken.</summary>
    bool IsDrained { get; }

    /// <summary>Gets the time since the last response to a read; null before the first response.</summary>
    TimeSpan? SinceResponse { get; }

    /// <summary>
    /// Gets the position from which this shard has been read, in a form that does not depend on the time: <c>LATEST</c> becomes the time at
    /// which the service was asked, then the first record that was read.
    /// </summary>
    ReadPosition Origin { get; }
}
