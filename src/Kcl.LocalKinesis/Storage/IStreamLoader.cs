namespace Kcl.LocalKinesis.Storage;

/// <summary>Takes in what a store holds of one stream.</summary>
internal interface IStreamLoader
{
    /// <summary>Takes in consecutive records of a shard; the runs of one shard come in the order of their indexes.</summary>
    /// <exception cref="FormatException">They cannot be records of this stream; the message says which and why.</exception>
    void Records(int shardIndex, long firstIndex, ReadOnlySpan<byte> records);

    /// <summary>Takes note that a shard's records before an index were forgotten. Comes after the records.</summary>
    /// <exception cref="FormatException">The stream has no such shard.</exception>
    void Trimmed(int shardIndex, long firstIndex);
}
