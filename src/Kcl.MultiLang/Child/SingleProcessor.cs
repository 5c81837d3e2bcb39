namespace Kcl.MultiLang.Child;

/// <summary>A process serves one shard, so a processor made beforehand will do; a second <c>initialize</c> would need a second one.</summary>
internal sealed class SingleProcessor(IShardRecordProcessor processor) : IShardRecordProcessorFactory
{
    private IShardRecordProcessor? _processor = processor;

    public IShardRecordProcessor Create(ShardId shardId) =>
        Interlocked.Exchange(ref _processor, null)
        ?? throw new ProtocolException(
            "a second 'initialize', but this process was given a single processor; give KclProcess.RunAsync a factory");
}
