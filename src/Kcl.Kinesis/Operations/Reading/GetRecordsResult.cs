namespace Kcl.Kinesis;

/// <summary>The result of one call of <c>GetRecords</c>.</summary>
/// <param name="buffer">
/// The pooled buffer that holds the records, which is returned when the result is disposed; null if it is not pooled.
/// </param>
public sealed class GetRecordsResult(IDisposable? buffer = null) : RecordsResult(buffer)
{
    /// <summary>Gets the iterator of the next call; null at the end of the shard.</summary>
    public required string? NextShardIterator { get; init; }

    /// <inheritdoc />
    public override bool IsEndOfShard => NextShardIterator is null;
}
