using Kcl;

namespace WordCounter;

/// <summary>Creates a <see cref="WordCountProcessor"/> for each shard.</summary>
public sealed class WordCounterFactory : IShardRecordProcessorFactory
{
    public IShardRecordProcessor Create(ShardId shardId) => new WordCountProcessor(shardId, TimeProvider.System);
}
