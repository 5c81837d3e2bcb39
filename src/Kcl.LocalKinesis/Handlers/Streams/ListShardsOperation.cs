using System.Buffers.Binary;
using Kcl.LocalKinesis.Errors;
using Kcl.LocalKinesis.Http;
using Kcl.LocalKinesis.Model;
using Kcl.LocalKinesis.Responses;
using Kcl.LocalKinesis.Tokens;

namespace Kcl.LocalKinesis.Handlers.Streams;

/// <summary>The operation that lists shards, in pages. All times are in milliseconds since the Unix epoch.</summary>
internal sealed class ListShardsOperation(ServerContext context, StreamCatalog catalog)
{
    private const byte PagePurpose = (byte)'L';
    private const int DefaultPageSize = 1000;

    public ValueTask ListShardsAsync(Exchange exchange)
    {
        var parameters = exchange.Parameters;
        var name = parameters.ReadStreamName();
        var token = parameters.ReadOptionalText("NextToken", max: 1048576);
        var after = parameters.ReadOptionalName("ExclusiveStartShardId");
        var max = parameters.ReadOptionalInteger("MaxResults", 1, 10000) ?? DefaultPageSize;
        var created = parameters.ReadOptionalTimestamp("StreamCreationTimestamp");
        var filter = ReadFilter(parameters);
        parameters.ThrowIfInvalid();
        var now = context.Clock.Now;
        if (token is null)
        {
            var (model, selected) = FirstPage(name, after, created, filter, now);
            Write(exchange, new(model, selected, LastListed: -1), max, now);
        }
        else if (name is not null || after is not null || created is not null || filter is not null)
        {
            throw ServiceErrors.NextTokenExcludesOthers();
        }
        else
        {
            Write(exchange, OpenPage(token, now), max, now);
        }

        return ValueTask.CompletedTask;
    }

    private (StreamModel Model, ListFilter Filter) FirstPage(string? name, string? after, long? created, ListFilter? filter, long now)
    {
        var (_, model) = catalog.Get(name ?? throw ServiceErrors.NextTokenOrStreamRequired(), now);
        if (created is { } instant && instant / 1000 != model.CreatedAt / 1000)
        {
            throw context.Errors.StreamNotFound(name);
        }

        if (after is not null && filter is not null)
        {
            throw ServiceErrors.StartShardExcludesFilter();
        }

        var selected = filter ?? (after is null ? ListFilter.Default : ListFilter.After(ParseShardId(after)));
        return model.Status == StreamStatus.Creating
            ? throw context.Errors.StreamNotActive(name, model.Status.ToWireName())
            : (model, selected);
    }

    private static int ParseShardId(string shardId) => ShardModel.IndexOf(shardId) ?? throw ServiceErrors.NotShardId(shardId);

    private static ListFilter? ReadFilter(Parameters parameters)
    {
        if (parameters.ReadOptionalStructure("ShardFilter") is not { } member)
        {
            return null;
        }

        var type = member.ReadRequiredOneOf("Type", ListFilter.Types);
        var shardId = member.ReadOptionalText("ShardId", max: 128);
        var timestamp = member.ReadOptionalTimestamp("Timestamp");
        parameters.ThrowIfInvalid();
        var needsTimestamp = type is "AT_TIMESTAMP" or "FROM_TIMESTAMP";
        if (needsTimestamp != (timestamp is not null))
        {
            throw ServiceErrors.FilterTimestamp(type, needsTimestamp);
        }

        var needsShard = type == "AFTER_SHARD_ID";
        if (needsShard != (shardId is not null))
        {
            throw ServiceErrors.FilterShardId(type, needsShard);
        }

        return new(type!, timestamp ?? 0, shardId is null ? -1 : ParseShardId(shardId));
    }

    private void Write(Exchange exchange, Page page, int max, long now)
    {
        var shards = ShardListing.Select(page.Model, page.Filter, now)
            .Where(shard => shard.Index > page.LastListed)
            .Take(max + 1)
            .ToArray();
        var response = exchange.Response;
        response.StartObject();
        response.StartArray("Shards"u8);
        foreach (var shard in shards.AsSpan(0, Math.Min(max, shards.Length)))
        {
            response.WriteShard(shard);
        }

        response.EndArray();
        if (shards.Length > max)
        {
            response.WriteText("NextToken"u8, SealPage(page with { LastListed = shards[max - 1].Index }, now));
        }

        response.EndObject();
    }

    private string SealPage(Page page, long now)
    {
        Span<byte> content = stackalloc byte[25];
        BinaryPrimitives.WriteInt64BigEndian(content, page.Model.Generation);
        BinaryPrimitives.WriteInt64BigEndian(content[8..], page.Filter.Timestamp);
        BinaryPrimitives.WriteInt32BigEndian(content[16..], page.Filter.AfterIndex);
        BinaryPrimitives.WriteInt32BigEndian(content[20..], page.LastListed);
        content[24] = (byte)Array.IndexOf(ListFilter.Types, page.Filter.Type);
        return PageToken.Seal(context.Signer, PagePurpose, content, now);
    }

    private Page OpenPage(string token, long now)
    {
        ReadOnlySpan<byte> content = PageToken.Open(context.Signer, PagePurpose, token, now);
        var generation = BinaryPrimitives.ReadInt64BigEndian(content);
        var (_, model) = catalog.FindByGeneration(generation, now) ?? throw context.Errors.NextTokenStreamNotFound();
        var timestamp = BinaryPrimitives.ReadInt64BigEndian(content[8..]);
        var afterIndex = BinaryPrimitives.ReadInt32BigEndian(content[16..]);
        var lastListed = BinaryPrimitives.ReadInt32BigEndian(content[20..]);
        return new(model, new(ListFilter.Types[content[24]], timestamp, afterIndex), lastListed);
    }

    /// <summary>A page of a listing.</summary>
    /// <param name="Model">The stream.</param>
    /// <param name="Filter">The filter.</param>
    /// <param name="LastListed">The index of the last shard of the previous page; -1 for the first page.</param>
    private readonly record struct Page(StreamModel Model, ListFilter Filter, int LastListed);
}
