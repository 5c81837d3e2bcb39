using System.Security.Cryptography;
using Kcl.LocalKinesis.Records;
using Kcl.LocalKinesis.Streams;
using Kcl.LocalKinesis.Wire;

namespace Kcl.LocalKinesis.Storage;

/// <summary>The store of a server that keeps nothing: what is in memory is all there is.</summary>
internal sealed class MemoryStore : IServerStore
{
    public bool IsDurable => false;

    public byte[] SigningKey { get; } = RandomNumberGenerator.GetBytes(TokenSigner.KeyLength);

    public IReadOnlyList<StreamModel> Streams => [];

    public void Load(long generation, IStreamLoader loader)
    {
        // There was nothing to begin with.
    }

    public void Loaded()
    {
        // There was nothing to begin with.
    }

    public Task SaveAsync(StreamModel stream) => Task.CompletedTask;

    public Task DeleteAsync(long generation) => Task.CompletedTask;

    public Task SaveAsync(long generation, ShardLog log) => Task.CompletedTask;

    public void Trim(long generation, int shardIndex, long firstIndex)
    {
        // The log let go of them already.
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
