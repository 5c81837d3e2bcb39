using Kcl.LocalKinesis.Streams;
using Kcl.LocalKinesis.Wire;

namespace Kcl.LocalKinesis.Records;

/// <summary>The operations that read records.</summary>
internal sealed class ReadOperations(StreamCatalog catalog)
{
    /// <summary>The most a read returns, keys and payloads, unless its first record alone is larger.</summary>
    public const long MostBytes = 10 * 1024 * 1024;

    public ValueTask GetShardIteratorAsync(Exchange exchange)
    {
        var parameters = exchange.Parameters;
        var name = StreamCatalog.NameIn(parameters);
        var shardId = parameters.Name("ShardId", required: true);
        var type = parameters.Word(parameters.Root, "ShardIteratorType", "shardIteratorType", true, StartPosition.Types);
        var sequenceNumber = parameters.Digits("StartingSequenceNumber", false, 129);
        var timestamp = parameters.Timestamp("Timestamp");
        var now = catalog.Clock.Now;
        var (entry, model) = catalog.Require(parameters, name, now);
        var index = RequireShard(model, shardId!, now);
        var position = new StartPosition(type!, sequenceNumber, timestamp).Resolve(catalog, entry, model, index, now, "GetShardIterator", "StartingSequenceNumber");

        var json = exchange.Out;
        json.StartObject();
        json.Text("ShardIterator"u8, new IteratorToken(now, model.Generation, index, position).Seal(catalog.Signer));
        json.EndObject();
        return ValueTask.CompletedTask;
    }

    public async ValueTask GetRecordsAsync(Exchange exchange)
    {
        var parameters = exchange.Parameters;
        var text = parameters.Text("ShardIterator", true, 1, 512);
        var limit = parameters.Integer("Limit", false, 1, 10000) ?? 10000;
        parameters.ThrowIfInvalid();
        var now = catalog.Clock.Now;
        if (!IteratorToken.TryOpen(catalog.Signer, text, out var token))
        {
            throw ServiceException.InvalidArgument("Invalid ShardIterator.");
        }

        IteratorPositions.RequireFresh(token, now);
        var (entry, model) = catalog.Find(token.Generation, now)
            ?? throw ServiceException.NotFound($"The stream that the ShardIterator was given for, under account {catalog.Account}, not found.");
        if (token.ShardIndex >= model.Shards.Length)
        {
            throw catalog.ShardNotFound(ShardModel.IdOf(token.ShardIndex), model.Name);
        }

        var shard = entry.Shard(token.ShardIndex);
        if (shard.Throughput is { } throughput && !throughput.TryRead(now))
        {
            throw ServiceException.Throttled($"Rate exceeded for shard {ShardModel.IdOf(token.ShardIndex)} in stream {model.Name} under account {catalog.Account}.");
        }

        var horizon = catalog.Expire(model, shard.Log, now);
        var plan = shard.Log.Read(token.Position, limit, MostBytes, horizon, out var ended);
        shard.Throughput?.Returned(plan.PayloadBytes, now);
        var next = ended ? null : (token with { IssuedAt = now, Position = plan.NextPosition }).Seal(catalog.Signer);

        // The children are as certain as the end: both were decided before anybody could see the end.
        var children = ended ? entry.Current(catalog.Clock.Now) ?? model : model;
        await RecordsResponse.WriteAsync(exchange, plan, next, plan.MillisBehindLatest(now), children, token.ShardIndex).ConfigureAwait(false);
    }

    /// <summary>The index of a shard that can be read.</summary>
    /// <exception cref="ServiceException">There is no such shard, or all it held has expired.</exception>
    public int RequireShard(StreamModel model, string shardId, long now)
    {
        if (ShardModel.IndexOf(shardId) is { } index && index < model.Shards.Length && model.Status != "CREATING" && !model.IsExpired(model.Shards[index], now))
        {
            return index;
        }

        throw ServiceException.NotFound($"Shard {shardId} in stream {model.Name} under account {catalog.Account} does not exist");
    }
}
