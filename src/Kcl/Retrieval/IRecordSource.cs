namespace Kcl.Retrieval;

/// <summary>The records of one shard from one position on. It is not repositioned: whoever wants to read again from elsewhere disposes it and opens another.</summary>
internal interface IRecordSource : IAsyncDisposable
{
    /// <summary>The next batch, in shard order; never fails but by cancellation. The last one says that it is the shard's end; there is none after it.</summary>
    /// <param name="cancellationToken">Stops waiting; nothing is lost by it.</param>
    /// <returns>A batch, owned by the caller.</returns>
    ValueTask<RecordBatch> ReadAsync(CancellationToken cancellationToken);

    /// <summary>The lag the service told with its last answer; null before, or where it does not say.</summary>
    long? MillisBehindLatest { get; }

    /// <summary>Whether nothing fetched is waiting to be read.</summary>
    bool IsDrained { get; }

    /// <summary>Where this shard has been read from, in a form that names the same place for ever: <c>LATEST</c> becomes the instant it was resolved, then the first record that came.</summary>
    ReadPosition Origin { get; }
}
