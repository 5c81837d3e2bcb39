using Kcl.LocalKinesis.Errors;
using Kcl.LocalKinesis.Http;
using Kcl.LocalKinesis.Model;

namespace Kcl.LocalKinesis.Handlers.Streams;

/// <summary>The operations that split and merge shards.</summary>
internal sealed class ShardOperations(ServerContext context, StreamCatalog catalog)
{
    private const int MaxShards = 10_000;

    public async ValueTask SplitShardAsync(Exchange exchange)
    {
        var parameters = exchange.Parameters;
        var name = parameters.ReadStreamName();
        var shardId = parameters.ReadRequiredName("ShardToSplit");
        var digits = parameters.ReadRequiredDigits("NewStartingHashKey", max: 39);
        var now = context.Clock.Now;
        var (live, _) = catalog.Get(parameters.RequireStream(name), now);
        var open = catalog.CountOpenShards(now);
        await catalog.ChangeAsync(live, now, model =>
        {
            context.ThrowIfNotActive(model);
            var shard = GetOpenShard(model, shardId);
            var (start, end) = (shard.Range.Start, shard.Range.End);
            if (!UInt128.TryParse(digits, out var key) || key <= start + 1 || key >= end)
            {
                throw context.Errors.InvalidSplitKey(digits, shardId, model.Name, start, end);
            }

            catalog.ThrowIfShardLimitExceeded(open, 1);
            return model with { Pending = new(ChangeKind.Split, now + context.ChangeDelay, shard.Index, NewStartingHashKey: key) };
        }).ConfigureAwait(false);
        live.NotifyReaders();
    }

    public async ValueTask MergeShardsAsync(Exchange exchange)
    {
        var parameters = exchange.Parameters;
        var name = parameters.ReadStreamName();
        var shardId = parameters.ReadRequiredName("ShardToMerge");
        var adjacentId = parameters.ReadRequiredName("AdjacentShardToMerge");
        var now = context.Clock.Now;
        var (live, _) = catalog.Get(parameters.RequireStream(name), now);
        await catalog.ChangeAsync(live, now, model =>
        {
            context.ThrowIfNotActive(model);
            var shard = GetOpenShard(model, shardId);
            var adjacent = GetOpenShard(model, adjacentId);
            var (low, high) = shard.Range.Start < adjacent.Range.Start ? (shard, adjacent) : (adjacent, shard);
            return shard.Index != adjacent.Index && low.Range.End + 1 == high.Range.Start
                ? model with { Pending = new(ChangeKind.Merge, now + context.ChangeDelay, shard.Index, adjacent.Index) }
                : throw context.Errors.ShardsNotAdjacent(shardId, adjacentId, model.Name);
        }).ConfigureAwait(false);
        live.NotifyReaders();
    }

    public async ValueTask UpdateShardCountAsync(Exchange exchange)
    {
        var parameters = exchange.Parameters;
        var name = parameters.ReadStreamName();
        var target = parameters.ReadRequiredInteger("TargetShardCount", 1);
        _ = parameters.ReadRequiredOneOf("ScalingType", "UNIFORM_SCALING");
        var now = context.Clock.Now;
        var (live, _) = catalog.Get(parameters.RequireStream(name), now);
        var open = catalog.CountOpenShards(now);
        var current = 0;
        var model = await catalog.ChangeAsync(live, now, model =>
        {
            context.ThrowIfNotActive(model);
            current = model.OpenShardCount;
            if (target > MaxShards)
            {
                throw ServiceErrors.ScaledAboveMax(target, MaxShards);
            }

            if (target > 2 * current)
            {
                throw ServiceErrors.ScaledAboveDouble(target, current);
            }

            if (2 * target < current)
            {
                throw ServiceErrors.ScaledBelowHalf(target, current);
            }

            catalog.ThrowIfShardLimitExceeded(open, target - current);
            return model with { Pending = new(ChangeKind.Scale, now + context.ChangeDelay, TargetShardCount: target) };
        }).ConfigureAwait(false);
        live.NotifyReaders();

        var response = exchange.Response;
        response.StartObject();
        response.WriteText("StreamName"u8, model.Name);
        response.WriteInteger("CurrentShardCount"u8, current);
        response.WriteInteger("TargetShardCount"u8, target);
        response.WriteText("StreamARN"u8, context.ArnOf(model));
        response.EndObject();
    }

    private ShardModel GetOpenShard(StreamModel model, string shardId)
    {
        var index = ShardModel.IndexOf(shardId);
        if (index is null || index >= model.Shards.Length)
        {
            throw context.Errors.ShardNotFound(shardId, model.Name);
        }

        var shard = model.Shards[index.Value];
        return shard.IsOpen ? shard : throw context.Errors.ShardIsClosed(shardId, model.Name);
    }
}
