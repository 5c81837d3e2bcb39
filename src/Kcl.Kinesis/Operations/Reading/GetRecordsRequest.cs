namespace Kcl.Kinesis;

/// <summary>One call of <c>GetRecords</c>.</summary>
/// <param name="Stream">The stream; sent where it was named by ARN.</param>
/// <param name="ShardIterator">The iterator.</param>
/// <param name="Limit">The most records wanted, 1 to 10000; null for the service's own limits of 10000 records and 10 MiB.</param>
/// <param name="ReuseBuffer">
/// Whether the response's buffer is rented from a pool: then the records are valid only until the result is disposed.
/// </param>
public sealed record GetRecordsRequest(StreamIdentifier Stream, string ShardIterator, int? Limit = null, bool ReuseBuffer = false);
