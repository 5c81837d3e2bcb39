namespace Kcl.LocalKinesis.Model;

/// <summary>Receives the stored records of one stream.</summary>
internal interface IStreamLoader
{
    /// <summary>Receives consecutive records of a shard, in the order of their indexes.</summary>
    /// <exception cref="FormatException">
    /// They cannot be records of this stream. The message contains the records and the reason.
    /// </exception>
    void AddRecords(int shardIndex, long firstIndex, ReadOnlySpan<byte> records);

    /// <summary>Receives the index before which a shard's records were deleted. Called after the records.</summary>
    /// <exception cref="FormatException">The stream has no such shard.</exception>
    void SetTrimmed(int shardIndex, long firstIndex);
}
