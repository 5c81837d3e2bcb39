namespace Kcl.Unit.Tests.Coordination;

/// <summary>The processors of a worker that processes no shard.</summary>
internal sealed class NoProcessors : IShardRecordProcessorFactory
{
    public IShardRecordProcessor Create(ShardId shardId) => throw new NotSupportedException();
}
