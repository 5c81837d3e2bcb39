using System.Collections.Immutable;
using System.Text;
using Kcl.LocalKinesis.Wire;

namespace Kcl.LocalKinesis.Streams;

/// <summary>The operations on streams as a whole.</summary>
internal sealed class StreamOperations(StreamCatalog catalog)
{
    private const byte PagePurpose = (byte)'S';
    private const int OnDemandShards = 4;

    public async ValueTask CreateStreamAsync(Exchange exchange)
    {
        var parameters = exchange.Parameters;
        var name = parameters.Name("StreamName", required: true);
        var shardCount = parameters.Integer("ShardCount", false, 1);
        var mode = parameters.Member("StreamModeDetails", false) is { } details
            ? parameters.Word(details, "StreamMode", "streamModeDetails.streamMode", true, "PROVISIONED", "ON_DEMAND")
            : "PROVISIONED";
        var recordSize = parameters.Integer("MaxRecordSizeInKiB", false, 1024, 10240);
        var auto = RecordDistribution.Read(parameters, required: false);
        var tags = TagOperations.Read(parameters, "Tags", required: false);
        parameters.ThrowIfInvalid();
        var onDemand = mode == "ON_DEMAND";
        if (onDemand && shardCount is not null)
        {
            throw ServiceException.InvalidArgument("ShardCount cannot be specified for a stream whose mode is ON_DEMAND.");
        }

        if (!onDemand && shardCount is null)
        {
            throw ServiceException.InvalidArgument("ShardCount must be specified for a stream whose mode is PROVISIONED.");
        }

        RecordDistribution.RequireOnDemand(auto, onDemand, name!);
        var now = catalog.Clock.Now;
        await catalog.CreateAsync(name!, now, generation => New(name!, generation, now, shardCount ?? OnDemandShards) with
        {
            Pending = new(ChangeKind.Create, now + catalog.ChangeDelay),
            OnDemand = onDemand,
            AutoDistribution = auto,
            MaxRecordSizeInKiB = recordSize ?? 1024,
            Tags = tags,
        }).ConfigureAwait(false);
    }

    /// <summary>A stream that is ready at once.</summary>
    public static StreamModel New(string name, long generation, long now, int shardCount) => new()
    {
        Name = name,
        Generation = generation,
        CreatedAt = now,
        Shards = [.. HashRanges.Uniform(shardCount).Select((range, index) => new ShardModel(index, range, now / 1000, now, null, null, null))],
    };

    public async ValueTask DeleteStreamAsync(Exchange exchange)
    {
        var name = StreamCatalog.NameIn(exchange.Parameters);
        var enforce = exchange.Parameters.Flag("EnforceConsumerDeletion");
        var now = catalog.Clock.Now;
        var (entry, _) = catalog.Require(exchange.Parameters, name, now);
        await catalog.ChangeAsync(entry, now, model =>
        {
            if (model.Pending is { Kind: ChangeKind.Delete })
            {
                throw ServiceException.InUse($"Stream {name} under account {catalog.Account} is being deleted already.");
            }

            if (model.Consumers.Length > 0 && !enforce)
            {
                throw ServiceException.InUse($"Stream {name} under account {catalog.Account} has consumers registered, and EnforceConsumerDeletion was not set to true.");
            }

            return model with { Pending = new(ChangeKind.Delete, now + catalog.ChangeDelay) };
        }).ConfigureAwait(false);
        entry.PulseAll();
    }

    public ValueTask DescribeStreamSummaryAsync(Exchange exchange)
    {
        var now = catalog.Clock.Now;
        var (_, model) = catalog.Require(exchange.Parameters, StreamCatalog.NameIn(exchange.Parameters), now);
        var json = exchange.Out;
        json.StartObject();
        json.StartObject("StreamDescriptionSummary"u8);
        WriteHead(json, model);
        json.Integer("OpenShardCount"u8, model.OpenShardCount);
        json.Integer("ConsumerCount"u8, model.Consumers.Length);
        json.Integer("MaxRecordSizeInKiB"u8, model.MaxRecordSizeInKiB);
        if (model.OnDemand)
        {
            json.Text("RecordDistributionStrategy"u8, RecordDistribution.NameOf(model.AutoDistribution));
        }

        json.EndObject();
        json.EndObject();
        return ValueTask.CompletedTask;
    }

    public ValueTask DescribeStreamAsync(Exchange exchange)
    {
        var parameters = exchange.Parameters;
        var name = StreamCatalog.NameIn(parameters);
        var limit = parameters.Integer("Limit", false, 1, 10000) ?? 100;
        var after = parameters.Name("ExclusiveStartShardId");
        var now = catalog.Clock.Now;
        var (_, model) = catalog.Require(parameters, name, now);
        var first = after is null ? -1 : ShardModel.IndexOf(after) ?? throw ServiceException.InvalidArgument($"ExclusiveStartShardId {after} is not the id of a shard.");
        var shards = model.Status == "CREATING" ? [] : ShardListing.Select(model, new("AFTER_SHARD_ID", AfterIndex: first), now).ToArray();

        var json = exchange.Out;
        json.StartObject();
        json.StartObject("StreamDescription"u8);
        WriteHead(json, model);
        json.StartArray("Shards"u8);
        foreach (var shard in shards.Take(limit))
        {
            ShardOperations.Write(json, shard);
        }

        json.EndArray();
        json.Boolean("HasMoreShards"u8, shards.Length > limit);
        json.EndObject();
        json.EndObject();
        return ValueTask.CompletedTask;
    }

    public ValueTask ListStreamsAsync(Exchange exchange)
    {
        var parameters = exchange.Parameters;
        var limit = parameters.Integer("Limit", false, 1, 10000) ?? 100;
        var after = parameters.Name("ExclusiveStartStreamName");
        var token = parameters.Text("NextToken", false, 1, 1048576);
        parameters.ThrowIfInvalid();
        var now = catalog.Clock.Now;
        if (token is not null)
        {
            after = Encoding.UTF8.GetString(PageToken.Open(catalog.Signer, PagePurpose, token, now));
        }

        var found = catalog.All(now).Select(stream => stream.Model).Where(model => after is null || string.CompareOrdinal(model.Name, after) > 0).Take(limit + 1).ToArray();
        var page = found.AsSpan(0, Math.Min(limit, found.Length));
        var json = exchange.Out;
        json.StartObject();
        json.StartArray("StreamNames"u8);
        foreach (var model in page)
        {
            json.Text(default, model.Name);
        }

        json.EndArray();
        json.StartArray("StreamSummaries"u8);
        foreach (var model in page)
        {
            json.StartObject();
            json.Text("StreamName"u8, model.Name);
            json.Text("StreamARN"u8, catalog.ArnOf(model));
            json.Text("StreamStatus"u8, model.Status);
            WriteMode(json, model);
            json.Timestamp("StreamCreationTimestamp"u8, model.CreatedAt);
            json.EndObject();
        }

        json.EndArray();
        json.Boolean("HasMoreStreams"u8, found.Length > limit);
        if (found.Length > limit)
        {
            json.Text("NextToken"u8, PageToken.Seal(catalog.Signer, PagePurpose, Encoding.UTF8.GetBytes(page[^1].Name), now));
        }

        json.EndObject();
        return ValueTask.CompletedTask;
    }

    public ValueTask DescribeLimitsAsync(Exchange exchange)
    {
        var now = catalog.Clock.Now;
        var models = catalog.All(now).Select(stream => stream.Model).ToArray();
        var json = exchange.Out;
        json.StartObject();
        json.Integer("ShardLimit"u8, catalog.Options.ShardLimit);
        json.Integer("OpenShardCount"u8, models.Sum(model => model.OpenShardCount));
        json.Integer("OnDemandStreamCount"u8, models.Count(model => model.OnDemand));
        json.Integer("OnDemandStreamCountLimit"u8, 50);
        json.EndObject();
        return ValueTask.CompletedTask;
    }

    private void WriteHead(ResponseWriter json, StreamModel model)
    {
        json.Text("StreamName"u8, model.Name);
        json.Text("StreamARN"u8, catalog.ArnOf(model));
        json.Text("StreamStatus"u8, model.Status);
        WriteMode(json, model);
        json.Integer("RetentionPeriodHours"u8, model.RetentionHours);
        json.Timestamp("StreamCreationTimestamp"u8, model.CreatedAt);
        json.StartArray("EnhancedMonitoring"u8);
        json.StartObject();
        json.StartArray("ShardLevelMetrics"u8);
        json.EndArray();
        json.EndObject();
        json.EndArray();
        json.Text("EncryptionType"u8, model.KeyId is null ? "NONE" : "KMS");
        if (model.KeyId is { } keyId)
        {
            json.Text("KeyId"u8, keyId);
        }
    }

    private static void WriteMode(ResponseWriter json, StreamModel model)
    {
        json.StartObject("StreamModeDetails"u8);
        json.Text("StreamMode"u8, model.OnDemand ? "ON_DEMAND" : "PROVISIONED");
        json.EndObject();
    }
}
