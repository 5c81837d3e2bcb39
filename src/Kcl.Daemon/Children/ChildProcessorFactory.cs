using Microsoft.Extensions.Logging;

namespace Kcl.Daemon.Children;

/// <summary>Makes the processor that relays to a shard's child.</summary>
internal sealed class ChildProcessorFactory(ChildOptions options, IChildLauncher launcher, ChildActivityRegistry board, ILoggerFactory loggerFactory, TimeProvider time) : IShardRecordProcessorFactory
{
    public IShardRecordProcessor Create(ShardId shardId) => new ChildProcessor(shardId, options, launcher, board.Of(shardId), loggerFactory, time);
}
