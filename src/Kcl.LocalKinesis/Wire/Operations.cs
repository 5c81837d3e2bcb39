using Kcl.LocalKinesis.FanOut;
using Kcl.LocalKinesis.Records;
using Kcl.LocalKinesis.Streams;

namespace Kcl.LocalKinesis.Wire;

/// <summary>Which operation answers which target.</summary>
internal sealed class Operations
{
    private readonly Dictionary<string, Func<Exchange, ValueTask>> _byName;

    public Operations(StreamCatalog catalog)
    {
        var streams = new StreamOperations(catalog);
        var shards = new ShardOperations(catalog);
        var settings = new SettingsOperations(catalog, shards);
        var tags = new TagOperations(catalog);
        var puts = new PutOperations(catalog);
        var reads = new ReadOperations(catalog);
        var consumers = new ConsumerOperations(catalog);
        var subscribe = new SubscribeOperation(catalog, consumers, reads);
        _byName = new(StringComparer.Ordinal)
        {
            ["CreateStream"] = streams.CreateStreamAsync,
            ["DeleteStream"] = streams.DeleteStreamAsync,
            ["DescribeStream"] = streams.DescribeStreamAsync,
            ["DescribeStreamSummary"] = streams.DescribeStreamSummaryAsync,
            ["ListStreams"] = streams.ListStreamsAsync,
            ["DescribeLimits"] = streams.DescribeLimitsAsync,
            ["ListShards"] = shards.ListShardsAsync,
            ["SplitShard"] = shards.SplitShardAsync,
            ["MergeShards"] = shards.MergeShardsAsync,
            ["UpdateShardCount"] = shards.UpdateShardCountAsync,
            ["IncreaseStreamRetentionPeriod"] = exchange => settings.ChangeRetentionAsync(exchange, increase: true),
            ["DecreaseStreamRetentionPeriod"] = exchange => settings.ChangeRetentionAsync(exchange, increase: false),
            ["StartStreamEncryption"] = exchange => settings.ChangeEncryptionAsync(exchange, start: true),
            ["StopStreamEncryption"] = exchange => settings.ChangeEncryptionAsync(exchange, start: false),
            ["UpdateStreamMode"] = settings.UpdateStreamModeAsync,
            ["UpdateStreamRecordDistributionStrategy"] = settings.UpdateRecordDistributionAsync,
            ["UpdateMaxRecordSize"] = settings.UpdateMaxRecordSizeAsync,
            ["AddTagsToStream"] = exchange => tags.AddAsync(exchange, byArn: false),
            ["RemoveTagsFromStream"] = exchange => tags.RemoveAsync(exchange, byArn: false),
            ["ListTagsForStream"] = exchange => tags.ListAsync(exchange, byArn: false),
            ["TagResource"] = exchange => tags.AddAsync(exchange, byArn: true),
            ["UntagResource"] = exchange => tags.RemoveAsync(exchange, byArn: true),
            ["ListTagsForResource"] = exchange => tags.ListAsync(exchange, byArn: true),
            ["PutRecord"] = puts.PutRecordAsync,
            ["PutRecords"] = puts.PutRecordsAsync,
            ["GetShardIterator"] = reads.GetShardIteratorAsync,
            ["GetRecords"] = reads.GetRecordsAsync,
            ["RegisterStreamConsumer"] = consumers.RegisterAsync,
            ["DescribeStreamConsumer"] = consumers.DescribeAsync,
            ["ListStreamConsumers"] = consumers.ListAsync,
            ["DeregisterStreamConsumer"] = consumers.DeregisterAsync,
            ["SubscribeToShard"] = subscribe.SubscribeToShardAsync,
        };
    }

    /// <summary>The operation of a name, if there is one.</summary>
    public bool TryGet(string name, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Func<Exchange, ValueTask>? operation) => _byName.TryGetValue(name, out operation);
}
