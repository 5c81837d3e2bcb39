using System.Diagnostics.CodeAnalysis;

namespace Kcl.Retrieval;

/// <summary>The records of one shard from one position on. It is not repositioned: whoever wants to read again from elsewhere disposes it and opens another.</summary>
internal interface IRecordSource : IAsyncDisposable
{
    /// <summary>Takes the next batch if there is one, in shard order; it then belongs to the caller. The last one says that it is the shard's end; there is none after it.</summary>
    bool TryRead([NotNullWhen(true)] out RecordBatch? batch);

    /// <summary>Completes when <see cref="TryRead"/> is worth trying; fails by cancellation only.</summary>
    ValueTask WaitToReadAsync(CancellationToken cancellationToken);

    /// <summary>The lag the service told with its last answer; null before, or where it does not say.</summary>
    long? MillisBehindLatest { get; }

    /// <summary>Whether nothing fetched is waiting to be read.</summary>
    bool IsDrained { get; }

    /// <summary>How long ago the service last answered a read; null before its first answer.</summary>
    TimeSpan? SinceAnswer { get; }

    /// <summary>Where this shard has been read from, in a form that names the same place for ever: <c>LATEST</c> becomes the instant it was resolved, then the first record that came.</summary>
    ReadPosition Origin { get; }
}
