using Kcl.LocalKinesis.Records;
using Kcl.LocalKinesis.Streams;

namespace Kcl.LocalKinesis.Storage;

/// <summary>Where streams and records survive the server. Everything is written in the order it was given.</summary>
internal interface IServerStore : IAsyncDisposable
{
    /// <summary>Whether anything survives. If not, nothing needs to be waited for.</summary>
    bool IsDurable { get; }

    /// <summary>The key that signs iterators and tokens.</summary>
    byte[] SigningKey { get; }

    /// <summary>The streams that were found, without their records.</summary>
    IReadOnlyList<StreamModel> Streams { get; }

    /// <summary>Hands over the records of one stream. Only before the first write.</summary>
    void Load(long generation, IStreamLoader loader);

    /// <summary>Ends loading: forgets records of streams that are no longer there.</summary>
    void Loaded();

    /// <summary>Writes a stream down; complete when it would survive.</summary>
    Task SaveAsync(StreamModel stream);

    /// <summary>Forgets a stream and its records.</summary>
    Task DeleteAsync(long generation);

    /// <summary>Writes down what was appended to a log; complete when it would survive.</summary>
    Task SaveAsync(long generation, ShardLog log);

    /// <summary>Forgets a shard's records before an index.</summary>
    void Trim(long generation, int shardIndex, long firstIndex);
}
