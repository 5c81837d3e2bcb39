using Kcl.LocalKinesis.RecordLog;

namespace Kcl.LocalKinesis.Model;

/// <summary>Stores streams and records, in the order in which they are passed.</summary>
internal interface IServerStore : IAsyncDisposable
{
    /// <summary>
    /// Gets a value indicating whether the store is durable: what is stored remains after the process has exited. If it is not, every task
    /// is complete.
    /// </summary>
    bool IsDurable { get; }

    /// <summary>Gets the key that signs iterators and page tokens.</summary>
    byte[] SigningKey { get; }

    /// <summary>Gets the stored streams, without their records.</summary>
    IReadOnlyList<StreamModel> Streams { get; }

    /// <summary>Passes the records of one stream to a loader. Allowed only before the first write.</summary>
    void Load(long generation, IStreamLoader loader);

    /// <summary>Ends loading: deletes records of streams that no longer exist.</summary>
    void CompleteLoading();

    /// <summary>Writes a stream. The task completes when the stream is stored durably; immediately if the store is not durable.</summary>
    Task SaveAsync(StreamModel stream);

    /// <summary>Deletes a stream and its records.</summary>
    Task DeleteAsync(long generation);

    /// <summary>
    /// Writes the unsaved records of a log. The task completes when they are stored durably; immediately if the store is not durable.
    /// </summary>
    Task SaveAsync(long generation, ShardLog log);

    /// <summary>Deletes a shard's records before an index.</summary>
    void Trim(long generation, int shardIndex, long firstIndex);
}
