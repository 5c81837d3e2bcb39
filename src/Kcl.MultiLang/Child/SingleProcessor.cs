namespace Kcl.MultiLang.Child;

/// <summary>
/// Returns an existing processor, once. This is sufficient for a process that serves one shard; a second shard would require a factory.
/// </summary>
/// <param name="processor">The processor.</param>
internal sealed class SingleProcessor(IShardRecordProcessor processor) : IShardRecordProcessorFactory
{
    private IShardRecordProcessor? _processor = processor;

    /// <inheritdoc />
    public IShardRecordProcessor Create(ShardId shardId) =>
        Interlocked.Exchange(ref _processor, null)
        ?? throw new ProtocolException(
            "a second 'initialize' arrived, but this process has a single processor; pass a factory to KclProcess.RunAsync");
}
