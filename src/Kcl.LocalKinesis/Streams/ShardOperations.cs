using System.Buffers.Binary;
using Kcl.LocalKinesis.Wire;

namespace Kcl.LocalKinesis.Streams;

/// <summary>The operations that list and change shards.</summary>
internal sealed class ShardOperations(StreamCatalog catalog)
{
    private const byte PagePurpose = (byte)'L';
    private const int DefaultPage = 1000;
    private const int MostShards = 10_000;

    public ValueTask ListShardsAsync(Exchange exchange)
    {
        var parameters = exchange.Parameters;
        var name = StreamCatalog.NameIn(parameters);
        var token = parameters.Text("NextToken", false, 1, 1048576);
        var after = parameters.Name("ExclusiveStartShardId");
        var most = parameters.Integer("MaxResults", false, 1, 10000) ?? DefaultPage;
        var created = parameters.Timestamp("StreamCreationTimestamp");
        var filter = ReadFilter(parameters);
        parameters.ThrowIfInvalid();
        var now = catalog.Clock.Now;
        StreamModel model;
        ListFilter select;
        if (token is not null)
        {
            if (name is not null || after is not null || created is not null || filter is not null)
            {
                throw ServiceException.InvalidArgument("NextToken and StreamName, StreamARN, ExclusiveStartShardId, StreamCreationTimestamp or ShardFilter cannot be provided together.");
            }

            (model, select, var shown) = OpenPage(token, now);
            Write(exchange, model, select, shown, most, now);
            return ValueTask.CompletedTask;
        }

        (_, model) = name is null ? throw ServiceException.InvalidArgument("Either NextToken or StreamName should be provided.") : catalog.Get(name, now);
        if (created is { } instant && instant / 1000 != model.CreatedAt / 1000)
        {
            throw catalog.NotFound(name);
        }

        if (after is not null && filter is not null)
        {
            throw ServiceException.InvalidArgument("ExclusiveStartShardId and ShardFilter cannot be provided together.");
        }

        select = filter ?? (after is null ? ListFilter.Default : new("AFTER_SHARD_ID", AfterIndex: IndexOf(after)));
        if (model.Status == "CREATING")
        {
            throw ServiceException.InUse($"Stream {name} under account {catalog.Account} not ACTIVE, instead in state CREATING");
        }

        Write(exchange, model, select, -1, most, now);
        return ValueTask.CompletedTask;
    }

    public async ValueTask SplitShardAsync(Exchange exchange)
    {
        var parameters = exchange.Parameters;
        var name = StreamCatalog.NameIn(parameters);
        var shardId = parameters.Name("ShardToSplit", required: true);
        var digits = parameters.Digits("NewStartingHashKey", true, 39);
        var now = catalog.Clock.Now;
        var (entry, _) = catalog.Require(parameters, name, now);
        var open = catalog.OpenShards(now);
        await catalog.ChangeAsync(entry, now, model =>
        {
            RequireActive(model);
            var shard = Open(model, shardId!);
            if (!UInt128.TryParse(digits, out var key) || key <= shard.Range.Start + 1 || key >= shard.Range.End)
            {
                throw ServiceException.InvalidArgument($"NewStartingHashKey {digits} used in SplitShard() on shard {shardId} in stream {model.Name} under account {catalog.Account} is not both greater than one plus the shard's StartingHashKey {shard.Range.Start} and less than the shard's EndingHashKey {shard.Range.End}.");
            }

            catalog.RequireRoom(open, 1);
            return model with { Pending = new(ChangeKind.Split, now + catalog.ChangeDelay, shard.Index, NewStartingHashKey: key) };
        }).ConfigureAwait(false);
        entry.PulseAll();
    }

    public async ValueTask MergeShardsAsync(Exchange exchange)
    {
        var parameters = exchange.Parameters;
        var name = StreamCatalog.NameIn(parameters);
        var shardId = parameters.Name("ShardToMerge", required: true);
        var adjacentId = parameters.Name("AdjacentShardToMerge", required: true);
        var now = catalog.Clock.Now;
        var (entry, _) = catalog.Require(parameters, name, now);
        await catalog.ChangeAsync(entry, now, model =>
        {
            RequireActive(model);
            var (shard, adjacent) = (Open(model, shardId!), Open(model, adjacentId!));
            var (low, high) = shard.Range.Start < adjacent.Range.Start ? (shard, adjacent) : (adjacent, shard);
            return shard.Index != adjacent.Index && low.Range.End + 1 == high.Range.Start
                ? model with { Pending = new(ChangeKind.Merge, now + catalog.ChangeDelay, shard.Index, adjacent.Index) }
                : throw ServiceException.InvalidArgument($"Shards {shardId} and {adjacentId} in stream {model.Name} under account {catalog.Account} are not an adjacent pair of shards eligible for merging");
        }).ConfigureAwait(false);
        entry.PulseAll();
    }

    public async ValueTask UpdateShardCountAsync(Exchange exchange)
    {
        var parameters = exchange.Parameters;
        var name = StreamCatalog.NameIn(parameters);
        var target = parameters.Integer("TargetShardCount", true, 1) ?? 0;
        parameters.Word(parameters.Root, "ScalingType", "scalingType", true, "UNIFORM_SCALING");
        var now = catalog.Clock.Now;
        var (entry, _) = catalog.Require(parameters, name, now);
        var open = catalog.OpenShards(now);
        var current = 0;
        var model = await catalog.ChangeAsync(entry, now, model =>
        {
            RequireActive(model);
            current = model.OpenShardCount;
            if (target > MostShards)
            {
                throw ServiceException.InvalidArgument($"UpdateShardCount cannot scale up to more than {MostShards} shards. Target shard count: {target}");
            }

            if (target > 2 * current)
            {
                throw ServiceException.InvalidArgument($"UpdateShardCount cannot scale up over double your current open shard count. Current open shard count: {current} Target shard count: {target}");
            }

            if (2 * target < current)
            {
                throw ServiceException.InvalidArgument($"UpdateShardCount cannot scale down below half your current open shard count. Current open shard count: {current} Target shard count: {target}");
            }

            catalog.RequireRoom(open, target - current);
            return model with { Pending = new(ChangeKind.Scale, now + catalog.ChangeDelay, TargetShardCount: target) };
        }).ConfigureAwait(false);
        entry.PulseAll();

        var json = exchange.Out;
        json.StartObject();
        json.Text("StreamName"u8, model.Name);
        json.Integer("CurrentShardCount"u8, current);
        json.Integer("TargetShardCount"u8, target);
        json.Text("StreamARN"u8, catalog.ArnOf(model));
        json.EndObject();
    }

    /// <summary>Writes a shard as listings show it.</summary>
    public static void Write(ResponseWriter json, ShardModel shard)
    {
        json.StartObject();
        json.Text("ShardId"u8, shard.Id);
        if (shard.Parent is { } parent)
        {
            json.Text("ParentShardId"u8, ShardModel.IdOf(parent));
        }

        if (shard.AdjacentParent is { } adjacent)
        {
            json.Text("AdjacentParentShardId"u8, ShardModel.IdOf(adjacent));
        }

        WriteRange(json, shard);
        json.StartObject("SequenceNumberRange"u8);
        json.Text("StartingSequenceNumber"u8, shard.StartingSequenceNumber);
        if (shard.EndingSequenceNumber is { } ending)
        {
            json.Text("EndingSequenceNumber"u8, ending);
        }

        json.EndObject();
        json.EndObject();
    }

    /// <summary>Writes the shards that continue a shard, as the read that ends it names them.</summary>
    public static void WriteChildren(ResponseWriter json, StreamModel stream, int shardIndex)
    {
        json.StartArray("ChildShards"u8);
        foreach (var child in stream.ChildrenOf(shardIndex))
        {
            json.StartObject();
            json.Text("ShardId"u8, child.Id);
            json.StartArray("ParentShards"u8);
            json.Text(default, ShardModel.IdOf(child.Parent!.Value));
            if (child.AdjacentParent is { } adjacent)
            {
                json.Text(default, ShardModel.IdOf(adjacent));
            }

            json.EndArray();
            WriteRange(json, child);
            json.EndObject();
        }

        json.EndArray();
    }

    /// <summary>Refuses to change a stream that isn't ACTIVE.</summary>
    public void RequireActive(StreamModel model)
    {
        if (model.Status != "ACTIVE")
        {
            throw ServiceException.InUse($"Stream {model.Name} under account {catalog.Account} not ACTIVE, instead in state {model.Status}");
        }
    }

    private static void WriteRange(ResponseWriter json, ShardModel shard)
    {
        json.StartObject("HashKeyRange"u8);
        json.HashKey("StartingHashKey"u8, shard.Range.Start);
        json.HashKey("EndingHashKey"u8, shard.Range.End);
        json.EndObject();
    }

    private static int IndexOf(string shardId) => ShardModel.IndexOf(shardId) ?? throw ServiceException.InvalidArgument($"{shardId} is not the id of a shard.");

    private static ListFilter? ReadFilter(Parameters parameters)
    {
        if (parameters.Member("ShardFilter", false) is not { } member)
        {
            return null;
        }

        var type = parameters.Word(member, "Type", "shardFilter.type", true, ListFilter.Types);
        var shardId = parameters.TextOf(member, "ShardId", "shardFilter.shardId", false, 1, 128);
        long? timestamp = member.TryGet("Timestamp"u8, out var value) ? value.Timestamp() : null;
        parameters.ThrowIfInvalid();
        var needsTimestamp = type is "AT_TIMESTAMP" or "FROM_TIMESTAMP";
        if (needsTimestamp != (timestamp is not null))
        {
            throw ServiceException.InvalidArgument($"A Timestamp parameter {(needsTimestamp ? "must" : "must not")} be specified for a ShardFilter with type {type}.");
        }

        var needsShard = type == "AFTER_SHARD_ID";
        if (needsShard != (shardId is not null))
        {
            throw ServiceException.InvalidArgument($"A ShardId parameter {(needsShard ? "must" : "must not")} be specified for a ShardFilter with type {type}.");
        }

        return new(type!, timestamp ?? 0, shardId is null ? -1 : IndexOf(shardId));
    }

    private ShardModel Open(StreamModel model, string shardId)
    {
        var shard = ShardModel.IndexOf(shardId) is { } index && index < model.Shards.Length ? model.Shards[index] : throw catalog.ShardNotFound(shardId, model.Name);
        return shard.IsOpen ? shard : throw ServiceException.InUse($"Shard {shardId} in stream {model.Name} under account {catalog.Account} has already been merged or split, and thus is not eligible for merging or splitting.");
    }

    private void Write(Exchange exchange, StreamModel model, ListFilter filter, int shown, int most, long now)
    {
        var shards = ShardListing.Select(model, filter, now).Where(shard => shard.Index > shown).Take(most + 1).ToArray();
        var json = exchange.Out;
        json.StartObject();
        json.StartArray("Shards"u8);
        foreach (var shard in shards.AsSpan(0, Math.Min(most, shards.Length)))
        {
            Write(json, shard);
        }

        json.EndArray();
        if (shards.Length > most)
        {
            json.Text("NextToken"u8, SealPage(model, filter, shards[most - 1].Index, now));
        }

        json.EndObject();
    }

    private string SealPage(StreamModel model, ListFilter filter, int shown, long now)
    {
        Span<byte> content = stackalloc byte[25];
        BinaryPrimitives.WriteInt64BigEndian(content, model.Generation);
        BinaryPrimitives.WriteInt64BigEndian(content[8..], filter.Timestamp);
        BinaryPrimitives.WriteInt32BigEndian(content[16..], filter.AfterIndex);
        BinaryPrimitives.WriteInt32BigEndian(content[20..], shown);
        content[24] = (byte)Array.IndexOf(ListFilter.Types, filter.Type);
        return PageToken.Seal(catalog.Signer, PagePurpose, content, now);
    }

    private (StreamModel Model, ListFilter Filter, int Shown) OpenPage(string token, long now)
    {
        ReadOnlySpan<byte> content = PageToken.Open(catalog.Signer, PagePurpose, token, now);
        var (_, model) = catalog.Find(BinaryPrimitives.ReadInt64BigEndian(content), now)
            ?? throw ServiceException.NotFound($"The stream that NextToken was given for, under account {catalog.Account}, not found.");
        return (model,
            new(ListFilter.Types[content[24]], BinaryPrimitives.ReadInt64BigEndian(content[8..]), BinaryPrimitives.ReadInt32BigEndian(content[16..])),
            BinaryPrimitives.ReadInt32BigEndian(content[20..]));
    }
}
