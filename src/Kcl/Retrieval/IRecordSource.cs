using System.Diagnostics.CodeAnalysis;

namespace Kcl.Retrieval;

/// <summary>
/// The records of one shard from one position on. A source is not repositioned: to read from elsewhere, dispose it and open another.
/// </summary>
internal interface IRecordSource : IAsyncDisposable
{
    /// <summary>
    /// Takes the next batch if there is one, in shard order. The caller then owns it. The last batch says that it is the end of the shard.
    /// </summary>
    bool TryRead([NotNullWhen(true)] out RecordBatch? batch);

    /// <summary>Waits until <see cref="TryRead"/> may succeed. Fails only by cancellation.</summary>
    ValueTask WaitToReadAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Gets the lag in milliseconds that the last response reported; null before the first, or if the service does not report it.
    /// </summary>
    long? MillisBehindLatest { get; }

    /// <summary>Gets a value indicating whether everything that was read was taken.</summary>
    bool IsDrained { get; }

    /// <summary>Gets how long ago the service last answered a read; null before its first response.</summary>
    TimeSpan? SinceAnswer { get; }

    /// <summary>
    /// Gets the position from which this shard has been read, in a form that names the same place for ever: <c>LATEST</c> becomes the
    /// instant at
    /// which the service was asked, then the first record that was read.
    /// </summary>
    ReadPosition Origin { get; }
}
