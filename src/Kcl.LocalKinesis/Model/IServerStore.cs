using Kcl.LocalKinesis.RecordLog;

namespace Kcl.LocalKinesis.Model;

/// <summary>Stores streams and records. Everything is written in the order in which it was passed.</summary>
internal interface IServerStore : IAsyncDisposable
{
    /// <summary>Gets a value indicating whether anything survives the process. Otherwise the tasks need not be awaited.</summary>
    bool IsDurable { get; }

    /// <summary>Gets the key that signs iterators and page tokens.</summary>
    byte[] SigningKey { get; }

    /// <summary>Gets the stored streams, without their records.</summary>
    IReadOnlyList<StreamModel> Streams { get; }

    /// <summary>Passes the records of one stream to a loader. Allowed only before the first write.</summary>
    void Load(long generation, IStreamLoader loader);

    /// <summary>Ends loading: deletes records of streams that no longer exist.</summary>
    void CompleteLoading();

    /// <summary>Writes a stream. The task completes when the stream would survive the process.</summary>
    Task SaveAsync(StreamModel stream);

    /// <summary>Deletes a stream and its records.</summary>
    Task DeleteAsync(long generation);

    /// <summary>Writes the unsaved records of a log. The task completes when they would survive the process.</summary>
    Task SaveAsync(long generation, ShardLog log);

    /// <summary>Deletes a shard's records before an index.</summary>
    void Trim(long generation, int shardIndex, long firstIndex);
}
