using System.Diagnostics.CodeAnalysis;

namespace Kcl.Kinesis;

/// <summary>One call of <c>GetRecords</c>.</summary>
public sealed record GetRecordsRequest
{
    /// <summary>Creates a request whose properties are set by an object initializer.</summary>
    public GetRecordsRequest()
    {
    }

    /// <summary>Creates a request.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="shardIterator">The iterator.</param>
    [SetsRequiredMembers]
    public GetRecordsRequest(StreamIdentifier stream, string shardIterator)
    {
        Stream = stream;
        ShardIterator = shardIterator;
    }

    /// <summary>Gets the stream. The client sends it if it is identified by its ARN.</summary>
    public required StreamIdentifier Stream { get; init; }

    /// <summary>Gets the iterator.</summary>
    public required string ShardIterator { get; init; }

    /// <summary>
    /// Gets the maximum number of records to return, 1 to 10000; null for the service's limits of 10000 records and 10 MiB.
    /// </summary>
    public int? Limit { get; init; }

    /// <summary>
    /// Gets a value indicating whether the response's buffer is rented from a pool. If it is, the records are valid only until the result
    /// is disposed.
    /// </summary>
    public bool ReuseBuffer { get; init; }
}
