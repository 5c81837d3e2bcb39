using System.Security.Cryptography;
using Kcl.LocalKinesis.Model;
using Kcl.LocalKinesis.RecordLog;
using Kcl.LocalKinesis.Tokens;

namespace Kcl.LocalKinesis.Storage;

/// <summary>The store of a server that keeps streams and records in memory only.</summary>
internal sealed class MemoryStore : IServerStore
{
    public bool IsDurable => false;

    public byte[] SigningKey { get; } = RandomNumberGenerator.GetBytes(TokenSigner.KeyLength);

    public IReadOnlyList<StreamModel> Streams => [];

    public void Load(long generation, IStreamLoader loader)
    {
        // The store is always empty.
    }

    public void CompleteLoading()
    {
        // The store is always empty.
    }

    public Task SaveAsync(StreamModel stream) => Task.CompletedTask;

    public Task DeleteAsync(long generation) => Task.CompletedTask;

    public Task SaveAsync(long generation, ShardLog log) => Task.CompletedTask;

    public void Trim(long generation, int shardIndex, long firstIndex)
    {
        // The log has dropped the records already.
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
