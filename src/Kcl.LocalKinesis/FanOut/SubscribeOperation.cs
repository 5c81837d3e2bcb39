using Kcl.LocalKinesis.Records;
using Kcl.LocalKinesis.Streams;
using Kcl.LocalKinesis.Wire;

namespace Kcl.LocalKinesis.FanOut;

/// <summary>The operation that pushes a shard's records: checks the request, then leaves the rest to <see cref="SubscriptionPump"/>.</summary>
internal sealed class SubscribeOperation(StreamCatalog catalog, ConsumerOperations consumers, ReadOperations reads)
{
    private readonly Subscriptions _subscriptions = new((long)catalog.Options.SubscriptionTakeoverDelay.TotalMilliseconds);

    public async ValueTask SubscribeToShardAsync(Exchange exchange)
    {
        var parameters = exchange.Parameters;
        var consumerArn = parameters.Text("ConsumerARN", true, 1, 2048);
        var shardId = parameters.Name("ShardId", required: true);
        var start = ReadStart(parameters);
        parameters.ThrowIfInvalid();
        var now = catalog.Clock.Now;
        var (entry, model, consumer) = consumers.Get(consumerArn!, now);
        if (ConsumerOperations.StatusOf(consumer, now) is not "ACTIVE" and var status)
        {
            throw ServiceException.InUse($"Consumer {consumerArn} is not ACTIVE, instead in state {status}");
        }

        var index = reads.RequireShard(model, shardId!, now);
        var position = start.Resolve(catalog, entry, model, index, now, "SubscribeToShard", "SequenceNumber");
        var subscription = _subscriptions.TryBegin(new(model.Generation, consumer.Name, consumer.CreatedAt, index), now)
            ?? throw ServiceException.InUse($"Another active subscription exists for this consumer: {consumerArn} and shard {shardId}. It can be taken over {catalog.Options.SubscriptionTakeoverDelay.TotalSeconds:0.###} seconds after it began.");

        exchange.Answered = true;
        var end = SubscriptionEnd.Left;
        using (subscription)
        {
            try
            {
                var push = new SubscriptionPump(exchange.Http, catalog, entry, subscription, consumer, index, position);
                end = await push.RunAsync().ConfigureAwait(false);
            }
            finally
            {
                _subscriptions.Ended(subscription, end);
            }
        }
    }

    private static StartPosition ReadStart(Parameters parameters)
    {
        if (parameters.Member("StartingPosition", true) is not { } member)
        {
            return default;
        }

        var type = parameters.Word(member, "Type", "startingPosition.type", true, StartPosition.Types);
        var sequenceNumber = parameters.Digits(member, "SequenceNumber", "startingPosition.sequenceNumber", false, 129);
        long? timestamp = member.TryGet("Timestamp"u8, out var value) ? value.Timestamp() : null;
        return new(type ?? "", sequenceNumber, timestamp);
    }
}
