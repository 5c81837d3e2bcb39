using Kcl.LocalKinesis.Handlers.Consumers;
using Kcl.LocalKinesis.Handlers.Records;
using Kcl.LocalKinesis.Handlers.Streams;
using Kcl.LocalKinesis.Http;
using Kcl.LocalKinesis.Model;

namespace Kcl.LocalKinesis;

/// <summary>The table of operations: their names and handlers.</summary>
internal static class Operations
{
    /// <summary>Creates the table for a server.</summary>
    public static IReadOnlyDictionary<string, Func<Exchange, ValueTask>> Create(ServerContext context, StreamCatalog catalog)
    {
        var streams = new StreamOperations(context, catalog);
        var settings = new SettingsOperations(context, catalog);
        var tags = new TagOperations(context, catalog);
        var listShards = new ListShardsOperation(context, catalog);
        var shards = new ShardOperations(context, catalog);
        var puts = new PutOperations(context, catalog);
        var reads = new ReadOperations(context, catalog);
        var finder = new ConsumerFinder(context, catalog);
        var consumers = new ConsumerOperations(context, catalog, finder);
        var subscribe = new SubscribeOperation(context, catalog, finder);
        return new Dictionary<string, Func<Exchange, ValueTask>>(StringComparer.Ordinal)
        {
            ["CreateStream"] = streams.CreateStreamAsync,
            ["DeleteStream"] = streams.DeleteStreamAsync,
            ["DescribeStream"] = streams.DescribeStreamAsync,
            ["DescribeStreamSummary"] = streams.DescribeStreamSummaryAsync,
            ["ListStreams"] = streams.ListStreamsAsync,
            ["DescribeLimits"] = streams.DescribeLimitsAsync,
            ["ListShards"] = listShards.ListShardsAsync,
            ["SplitShard"] = shards.SplitShardAsync,
            ["MergeShards"] = shards.MergeShardsAsync,
            ["UpdateShardCount"] = shards.UpdateShardCountAsync,
            ["IncreaseStreamRetentionPeriod"] = settings.IncreaseRetentionAsync,
            ["DecreaseStreamRetentionPeriod"] = settings.DecreaseRetentionAsync,
            ["StartStreamEncryption"] = settings.StartEncryptionAsync,
            ["StopStreamEncryption"] = settings.StopEncryptionAsync,
            ["UpdateStreamMode"] = settings.UpdateStreamModeAsync,
            ["UpdateStreamRecordDistributionStrategy"] = settings.UpdateRecordDistributionAsync,
            ["UpdateMaxRecordSize"] = settings.UpdateMaxRecordSizeAsync,
            ["AddTagsToStream"] = tags.AddTagsToStreamAsync,
            ["RemoveTagsFromStream"] = tags.RemoveTagsFromStreamAsync,
            ["ListTagsForStream"] = tags.ListTagsForStreamAsync,
            ["TagResource"] = tags.TagResourceAsync,
            ["UntagResource"] = tags.UntagResourceAsync,
            ["ListTagsForResource"] = tags.ListTagsForResourceAsync,
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
}
