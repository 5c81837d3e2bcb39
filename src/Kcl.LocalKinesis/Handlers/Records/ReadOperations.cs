using Kcl.LocalKinesis.Errors;
using Kcl.LocalKinesis.Http;
using Kcl.LocalKinesis.Model;
using Kcl.LocalKinesis.Tokens;

namespace Kcl.LocalKinesis.Handlers.Records;

/// <summary>The operations that read records.</summary>
internal sealed class ReadOperations(ServerContext context, StreamCatalog catalog)
{
    // Keys and payloads; the first record is returned regardless of its size.
    private const long MaxBytes = 10 * 1024 * 1024;
    private const int MaxRecords = 10_000;

    public ValueTask GetShardIteratorAsync(Exchange exchange)
    {
        var parameters = exchange.Parameters;
        var name = parameters.ReadStreamName();
        var shardId = parameters.ReadRequiredName("ShardId");
        var type = parameters.ReadRequiredOneOf("ShardIteratorType", StartPosition.Types);
        var sequenceNumber = parameters.ReadOptionalDigits("StartingSequenceNumber", max: 129);
        var timestamp = parameters.ReadOptionalTimestamp("Timestamp");
        var now = context.Clock.Now;
        var (live, model) = catalog.Get(parameters.RequireStream(name), now);
        var index = model.FindReadableShard(shardId, now) ?? throw context.Errors.ReadShardNotFound(shardId, model.Name);
        var position = new StartPosition(type!, sequenceNumber, timestamp)
            .Resolve(context.Errors, live, model, index, now, "GetShardIterator", "StartingSequenceNumber");

        var response = exchange.Response;
        response.StartObject();
        response.WriteText("ShardIterator"u8, new IteratorToken(now, model.Generation, index, position).Seal(context.Signer));
        response.EndObject();
        return ValueTask.CompletedTask;
    }

    public async ValueTask GetRecordsAsync(Exchange exchange)
    {
        var parameters = exchange.Parameters;
        var iterator = parameters.ReadRequiredText("ShardIterator", max: 512);
        var limit = parameters.ReadOptionalInteger("Limit", 1, MaxRecords) ?? MaxRecords;
        parameters.ThrowIfInvalid();
        var now = context.Clock.Now;
        if (!IteratorToken.TryOpen(context.Signer, iterator, out var token))
        {
            throw ServiceErrors.InvalidIterator();
        }

        token.ThrowIfExpired(now);
        var (live, model) = catalog.FindByGeneration(token.Generation, now) ?? throw context.Errors.IteratorStreamNotFound();
        if (token.ShardIndex >= model.Shards.Length)
        {
            throw context.Errors.ShardNotFound(ShardModel.IdOf(token.ShardIndex), model.Name);
        }

        var shard = live.GetShard(token.ShardIndex);
        if (shard.Throughput is { } throughput && !throughput.TryRead(now))
        {
            throw context.Errors.ThroughputExceeded(ShardModel.IdOf(token.ShardIndex), model.Name);
        }

        var horizon = catalog.DropExpired(model, shard.Log, now);
        var plan = shard.Log.Read(token.Position, limit, MaxBytes, horizon, out var ended);
        shard.Throughput?.RecordRead(plan.PayloadBytes, now);
        var next = ended ? null : (token with { IssuedAt = now, Position = plan.NextPosition }).Seal(context.Signer);

        // The children existed when the end became visible, but were perhaps created after the model was read above.
        var current = ended ? live.GetModel(context.Clock.Now) ?? model : model;
        var response = new GetRecordsResponse(plan, next, plan.GetMillisBehindLatest(now), current, token.ShardIndex);
        await response.WriteAsync(exchange).ConfigureAwait(false);
    }
}
