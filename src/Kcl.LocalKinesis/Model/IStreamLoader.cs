namespace Kcl.LocalKinesis.Model;

/// <summary>Receives the stored records of one stream.</summary>
internal interface IStreamLoader
{
    /// <summary>Receives consecutive records of a shard; the runs of one shard come in the order of their indexes.</summary>
    /// <exception cref="FormatException">They cannot be records of this stream; the message says which and why.</exception>
    void AddRecords(int shardIndex, long firstIndex, ReadOnlySpan<byte> records);

    /// <summary>Receives the index before which a shard's records were deleted. Called after the records.</summary>
    /// <exception cref="FormatException">The stream has no such shard.</exception>
    void SetTrimmed(int shardIndex, long firstIndex);
}
