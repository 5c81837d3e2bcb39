using System.Globalization;
using System.Text;
using Kcl.LocalKinesis.Errors;
using Kcl.LocalKinesis.Http;
using Kcl.LocalKinesis.Model;
using Kcl.LocalKinesis.Tokens;

namespace Kcl.LocalKinesis.Handlers.Consumers;

/// <summary>
/// The operations on consumers that are registered for enhanced fan-out. All times are in milliseconds since the Unix epoch.
/// </summary>
internal sealed class ConsumerOperations(ServerContext context, StreamCatalog catalog, ConsumerFinder finder)
{
    private const byte PagePurpose = (byte)'C';
    private const int MaxConsumers = 20;
    private const int MaxConsumersBeingCreated = 5;

    public async ValueTask RegisterAsync(Exchange exchange)
    {
        var parameters = exchange.Parameters;
        var stream = ReadStream(parameters);
        var name = parameters.ReadRequiredName("ConsumerName");
        _ = parameters.ReadOptionalTags();
        var now = context.Clock.Now;
        var (live, _) = catalog.Get(parameters.RequireStream(stream), now);
        var consumer = new ConsumerModel(name, now, now + context.ChangeDelay, null);
        var model = await catalog.ChangeAsync(live, now, model =>
        {
            ThrowIfUnusable(model);
            if (model.Consumers.Any(other => other.Name == name))
            {
                throw context.Errors.ConsumerExists(name, model.Name);
            }

            if (model.Consumers.Length >= MaxConsumers)
            {
                throw context.Errors.TooManyConsumers(model.Name, MaxConsumers);
            }

            if (model.Consumers.Count(other => other.StatusAt(now) == ConsumerStatus.Creating) >= MaxConsumersBeingCreated)
            {
                throw context.Errors.TooManyConsumersBeingCreated(model.Name, MaxConsumersBeingCreated);
            }

            return model with { Consumers = model.Consumers.Add(consumer) };
        }).ConfigureAwait(false);

        var response = exchange.Response;
        response.StartObject();
        response.StartObject("Consumer"u8);
        Write(response, model, consumer, now);
        response.EndObject();
        response.EndObject();
    }

    public ValueTask DescribeAsync(Exchange exchange)
    {
        var now = context.Clock.Now;
        var (_, model, consumer) = finder.Find(exchange.Parameters, now);
        var response = exchange.Response;
        response.StartObject();
        response.StartObject("ConsumerDescription"u8);
        Write(response, model, consumer, now);
        response.WriteText("StreamARN"u8, context.ArnOf(model));
        response.EndObject();
        response.EndObject();
        return ValueTask.CompletedTask;
    }

    public ValueTask ListAsync(Exchange exchange)
    {
        var parameters = exchange.Parameters;
        var stream = ReadStream(parameters);
        var token = parameters.ReadOptionalText("NextToken", max: 1048576);
        var max = parameters.ReadOptionalInteger("MaxResults", 1, 10000) ?? 100;
        var created = parameters.ReadOptionalTimestamp("StreamCreationTimestamp");
        var now = context.Clock.Now;
        var (_, model) = catalog.Get(parameters.RequireStream(stream), now);
        if (created is { } instant && instant / 1000 != model.CreatedAt / 1000)
        {
            throw context.Errors.StreamNotFound(model.Name);
        }

        var after = token is null ? null : Encoding.UTF8.GetString(PageToken.Open(context.Signer, PagePurpose, token, now));
        var found = model.Consumers
            .OrderBy(consumer => consumer.Name, StringComparer.Ordinal)
            .Where(consumer => after is null || string.CompareOrdinal(consumer.Name, after) > 0)
            .ToArray();
        var page = found.AsSpan(0, Math.Min(max, found.Length));
        var response = exchange.Response;
        response.StartObject();
        response.StartArray("Consumers"u8);
        foreach (var consumer in page)
        {
            response.StartObject();
            Write(response, model, consumer, now);
            response.EndObject();
        }

        response.EndArray();
        if (found.Length > max)
        {
            var last = Encoding.UTF8.GetBytes(page[^1].Name);
            response.WriteText("NextToken"u8, PageToken.Seal(context.Signer, PagePurpose, last, now));
        }

        response.EndObject();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DeregisterAsync(Exchange exchange)
    {
        var now = context.Clock.Now;
        var (live, _, consumer) = finder.Find(exchange.Parameters, now);
        await catalog.ChangeAsync(live, now, model =>
        {
            var index = model.Consumers.IndexOf(consumer);
            return index >= 0 && consumer.DeletedAt is null
                ? model with { Consumers = model.Consumers.SetItem(index, consumer with { DeletedAt = now + context.ChangeDelay }) }
                : throw context.Errors.ConsumerNotFound(consumer.Name, model.Name);
        }).ConfigureAwait(false);
        live.NotifyReaders();
    }

    // These operations accept only the stream's ARN.
    private static string? ReadStream(Parameters parameters) =>
        parameters.ReadRequiredArn("StreamARN") is null ? null : parameters.ReadStreamName();

    private void ThrowIfUnusable(StreamModel model)
    {
        if (model.Status is StreamStatus.Creating or StreamStatus.Deleting)
        {
            throw context.Errors.StreamNotActive(model.Name, model.Status.ToWireName());
        }
    }

    private void Write(ResponseWriter response, StreamModel model, ConsumerModel consumer, long now)
    {
        var second = (consumer.CreatedAt / 1000).ToString(CultureInfo.InvariantCulture);
        response.WriteText("ConsumerName"u8, consumer.Name);
        response.WriteText("ConsumerARN"u8, $"{context.ArnOf(model)}/consumer/{consumer.Name}:{second}");
        response.WriteText("ConsumerStatus"u8, consumer.StatusAt(now).ToWireName());
        response.WriteTimestamp("ConsumerCreationTimestamp"u8, consumer.CreatedAt);
    }
}
