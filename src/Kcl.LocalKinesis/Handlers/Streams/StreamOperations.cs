using System.Text;
using Kcl.LocalKinesis.Errors;
using Kcl.LocalKinesis.Http;
using Kcl.LocalKinesis.Model;
using Kcl.LocalKinesis.Responses;
using Kcl.LocalKinesis.Tokens;

namespace Kcl.LocalKinesis.Handlers.Streams;

/// <summary>The operations that create, delete, describe and list streams.</summary>
internal sealed class StreamOperations(ServerContext context, StreamCatalog catalog)
{
    private const byte PagePurpose = (byte)'S';
    private const int OnDemandShards = 4;
    private const int OnDemandStreamLimit = 50;

    public async ValueTask CreateStreamAsync(Exchange exchange)
    {
        var parameters = exchange.Parameters;
        var name = parameters.ReadRequiredName("StreamName");
        var shardCount = parameters.ReadOptionalInteger("ShardCount", 1);
        var onDemand = StreamMode.ReadOptional(parameters);
        var recordSize = parameters.ReadOptionalInteger("MaxRecordSizeInKiB", 1024, 10240);
        var auto = RecordDistribution.ReadOptional(parameters);
        var tags = parameters.ReadOptionalTags();
        parameters.ThrowIfInvalid();
        if (onDemand && shardCount is not null)
        {
            throw ServiceErrors.ShardCountNotAllowed();
        }

        if (!onDemand && shardCount is null)
        {
            throw ServiceErrors.ShardCountRequired();
        }

        RecordDistribution.ThrowIfNotOnDemand(auto, onDemand, name);
        var now = context.Clock.Now;
        await catalog.CreateAsync(name, now, generation => StreamModel.Create(name, generation, now, shardCount ?? OnDemandShards) with
        {
            Pending = new(ChangeKind.Create, now + context.ChangeDelay),
            OnDemand = onDemand,
            AutoDistribution = auto,
            MaxRecordSizeInKiB = recordSize ?? 1024,
            Tags = tags,
        }).ConfigureAwait(false);
    }

    public async ValueTask DeleteStreamAsync(Exchange exchange)
    {
        var name = exchange.Parameters.ReadStreamName();
        var enforce = exchange.Parameters.ReadOptionalFlag("EnforceConsumerDeletion");
        var now = context.Clock.Now;
        var (live, _) = catalog.Get(exchange.Parameters.RequireStream(name), now);
        await catalog.ChangeAsync(live, now, model =>
        {
            if (model.Status == StreamStatus.Deleting)
            {
                throw context.Errors.StreamIsBeingDeleted(model.Name);
            }

            if (model.Consumers.Length > 0 && !enforce)
            {
                throw context.Errors.StreamHasConsumers(model.Name);
            }

            return model with { Pending = new(ChangeKind.Delete, now + context.ChangeDelay) };
        }).ConfigureAwait(false);
        live.NotifyReaders();
    }

    public ValueTask DescribeStreamSummaryAsync(Exchange exchange)
    {
        var now = context.Clock.Now;
        var (_, model) = catalog.Get(exchange.Parameters.RequireStream(exchange.Parameters.ReadStreamName()), now);
        var response = exchange.Response;
        response.StartObject();
        response.StartObject("StreamDescriptionSummary"u8);
        WriteDescription(response, model);
        response.WriteInteger("OpenShardCount"u8, model.OpenShardCount);
        response.WriteInteger("ConsumerCount"u8, model.Consumers.Length);
        response.WriteInteger("MaxRecordSizeInKiB"u8, model.MaxRecordSizeInKiB);
        if (model.OnDemand)
        {
            response.WriteText("RecordDistributionStrategy"u8, RecordDistribution.NameOf(model.AutoDistribution));
        }

        response.EndObject();
        response.EndObject();
        return ValueTask.CompletedTask;
    }

    public ValueTask DescribeStreamAsync(Exchange exchange)
    {
        var parameters = exchange.Parameters;
        var name = parameters.ReadStreamName();
        var limit = parameters.ReadOptionalInteger("Limit", 1, 10000) ?? 100;
        var after = parameters.ReadOptionalName("ExclusiveStartShardId");
        var now = context.Clock.Now;
        var (_, model) = catalog.Get(parameters.RequireStream(name), now);
        var start = after is null ? -1 : ShardModel.IndexOf(after) ?? throw ServiceErrors.NotStartShardId(after);
        var shards = model.Status == StreamStatus.Creating ? [] : ShardListing.Select(model, ListFilter.After(start), now).ToArray();

        var response = exchange.Response;
        response.StartObject();
        response.StartObject("StreamDescription"u8);
        WriteDescription(response, model);
        response.StartArray("Shards"u8);
        foreach (var shard in shards.Take(limit))
        {
            response.WriteShard(shard);
        }

        response.EndArray();
        response.WriteBoolean("HasMoreShards"u8, shards.Length > limit);
        response.EndObject();
        response.EndObject();
        return ValueTask.CompletedTask;
    }

    public ValueTask ListStreamsAsync(Exchange exchange)
    {
        var parameters = exchange.Parameters;
        var limit = parameters.ReadOptionalInteger("Limit", 1, 10000) ?? 100;
        var after = parameters.ReadOptionalName("ExclusiveStartStreamName");
        var token = parameters.ReadOptionalText("NextToken", max: 1048576);
        parameters.ThrowIfInvalid();
        var now = context.Clock.Now;
        if (token is not null)
        {
            after = Encoding.UTF8.GetString(PageToken.Open(context.Signer, PagePurpose, token, now));
        }

        var found = catalog.GetAll(now)
            .Where(model => after is null || string.CompareOrdinal(model.Name, after) > 0)
            .Take(limit + 1)
            .ToArray();
        var page = found.AsSpan(0, Math.Min(limit, found.Length));
        var response = exchange.Response;
        response.StartObject();
        response.StartArray("StreamNames"u8);
        foreach (var model in page)
        {
            response.WriteText(default, model.Name);
        }

        response.EndArray();
        response.StartArray("StreamSummaries"u8);
        foreach (var model in page)
        {
            response.StartObject();
            WriteIdentity(response, model);
            response.WriteTimestamp("StreamCreationTimestamp"u8, model.CreatedAt);
            response.EndObject();
        }

        response.EndArray();
        response.WriteBoolean("HasMoreStreams"u8, found.Length > limit);
        if (found.Length > limit)
        {
            var last = Encoding.UTF8.GetBytes(page[^1].Name);
            response.WriteText("NextToken"u8, PageToken.Seal(context.Signer, PagePurpose, last, now));
        }

        response.EndObject();
        return ValueTask.CompletedTask;
    }

    public ValueTask DescribeLimitsAsync(Exchange exchange)
    {
        var now = context.Clock.Now;
        var models = catalog.GetAll(now).ToArray();
        var response = exchange.Response;
        response.StartObject();
        response.WriteInteger("ShardLimit"u8, context.Options.ShardLimit);
        response.WriteInteger("OpenShardCount"u8, models.Sum(model => model.OpenShardCount));
        response.WriteInteger("OnDemandStreamCount"u8, models.Count(model => model.OnDemand));
        response.WriteInteger("OnDemandStreamCountLimit"u8, OnDemandStreamLimit);
        response.EndObject();
        return ValueTask.CompletedTask;
    }

    private void WriteDescription(ResponseWriter response, StreamModel model)
    {
        WriteIdentity(response, model);
        response.WriteInteger("RetentionPeriodHours"u8, model.RetentionHours);
        response.WriteTimestamp("StreamCreationTimestamp"u8, model.CreatedAt);
        response.StartArray("EnhancedMonitoring"u8);
        response.StartObject();
        response.StartArray("ShardLevelMetrics"u8);
        response.EndArray();
        response.EndObject();
        response.EndArray();
        response.WriteText("EncryptionType"u8, model.KeyId is null ? "NONE" : "KMS");
        if (model.KeyId is { } keyId)
        {
            response.WriteText("KeyId"u8, keyId);
        }
    }

    private void WriteIdentity(ResponseWriter response, StreamModel model)
    {
        response.WriteText("StreamName"u8, model.Name);
        response.WriteText("StreamARN"u8, context.ArnOf(model));
        response.WriteText("StreamStatus"u8, model.Status.ToWireName());
        StreamMode.Write(response, model.OnDemand);
    }
}
