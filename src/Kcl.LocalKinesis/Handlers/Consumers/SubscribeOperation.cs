using Kcl.LocalKinesis.Errors;
using Kcl.LocalKinesis.FanOut;
using Kcl.LocalKinesis.Http;
using Kcl.LocalKinesis.Model;

namespace Kcl.LocalKinesis.Handlers.Consumers;

/// <summary>
/// The operation <c>SubscribeToShard</c>: checks the request, and lets a <see cref="SubscriptionPump"/> push the records.
/// </summary>
internal sealed class SubscribeOperation(ServerContext context, StreamCatalog catalog, ConsumerFinder finder)
{
    private readonly SubscriptionRegistry _subscriptions = new((long)context.Options.SubscriptionTakeoverDelay.TotalMilliseconds);

    public async ValueTask SubscribeToShardAsync(Exchange exchange)
    {
        var parameters = exchange.Parameters;
        var consumerArn = parameters.ReadRequiredArn("ConsumerARN");
        var shardId = parameters.ReadRequiredName("ShardId");
        var start = ReadStart(parameters);
        parameters.ThrowIfInvalid();
        var now = context.Clock.Now;
        var (live, model, consumer) = finder.FindByArn(consumerArn!, now);
        if (consumer.StatusAt(now) is not ConsumerStatus.Active and var status)
        {
            throw ServiceErrors.ConsumerNotActive(consumerArn, status.ToWireName());
        }

        var index = model.FindReadableShard(shardId, now) ?? throw context.Errors.ReadShardNotFound(shardId, model.Name);
        var position = start.Resolve(context.Errors, live, model, index, now, "SubscribeToShard", "SequenceNumber");
        var key = new SubscriptionKey(model.Generation, consumer.Name, consumer.CreatedAt, index);
        var subscription = _subscriptions.TryBegin(key, now)
            ?? throw ServiceErrors.SubscriptionExists(consumerArn, shardId, context.Options.SubscriptionTakeoverDelay);

        exchange.IsResponseSent = true;
        var end = SubscriptionEnd.Disconnected;
        using (subscription)
        {
            try
            {
                var pump = new SubscriptionPump(exchange.Http, context, catalog, live, consumer, subscription, position);
                end = await pump.RunAsync().ConfigureAwait(false);
            }
            finally
            {
                _subscriptions.OnEnded(subscription, end);
            }
        }
    }

    private static StartPosition ReadStart(Parameters parameters)
    {
        if (parameters.ReadRequiredStructure("StartingPosition") is not { } member)
        {
            return default;
        }

        var type = member.ReadRequiredOneOf("Type", StartPosition.Types);
        var sequenceNumber = member.ReadOptionalDigits("SequenceNumber", max: 129);
        return new(type ?? "", sequenceNumber, member.ReadOptionalTimestamp("Timestamp"));
    }
}
