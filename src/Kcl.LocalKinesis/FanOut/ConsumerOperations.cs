using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Kcl.LocalKinesis.Streams;
using Kcl.LocalKinesis.Wire;

namespace Kcl.LocalKinesis.FanOut;

/// <summary>The operations on consumers that are registered for enhanced fan-out.</summary>
internal sealed partial class ConsumerOperations(StreamCatalog catalog)
{
    private const byte PagePurpose = (byte)'C';
    private const int MostConsumers = 20;
    private const int MostCreating = 5;

    public async ValueTask RegisterAsync(Exchange exchange)
    {
        var parameters = exchange.Parameters;
        var stream = StreamOf(parameters, required: true);
        var name = parameters.Name("ConsumerName", required: true);
        _ = TagOperations.Read(parameters, "Tags", required: false);
        var now = catalog.Clock.Now;
        var (entry, _) = catalog.Require(parameters, stream, now);
        var consumer = new ConsumerModel(name!, now, now + catalog.ChangeDelay, null);
        var model = await catalog.ChangeAsync(entry, now, model =>
        {
            RequireUsable(model);
            if (model.Consumers.Any(other => other.Name == name))
            {
                throw ServiceException.InUse($"Consumer {name} under stream {model.Name} already exists for account {catalog.Account}.");
            }

            if (model.Consumers.Length >= MostConsumers)
            {
                throw ServiceException.LimitExceeded($"Stream {model.Name} under account {catalog.Account} already has {MostConsumers} consumers registered, which is the limit.");
            }

            if (model.Consumers.Count(other => StatusOf(other, now) == "CREATING") >= MostCreating)
            {
                throw ServiceException.LimitExceeded($"Only {MostCreating} consumers of stream {model.Name} under account {catalog.Account} can be created at the same time.");
            }

            return model with { Consumers = model.Consumers.Add(consumer) };
        }).ConfigureAwait(false);

        var json = exchange.Out;
        json.StartObject();
        json.StartObject("Consumer"u8);
        Write(json, model, consumer, now);
        json.EndObject();
        json.EndObject();
    }

    public ValueTask DescribeAsync(Exchange exchange)
    {
        var now = catalog.Clock.Now;
        var (_, model, consumer) = Require(exchange.Parameters, now);
        var json = exchange.Out;
        json.StartObject();
        json.StartObject("ConsumerDescription"u8);
        Write(json, model, consumer, now);
        json.Text("StreamARN"u8, catalog.ArnOf(model));
        json.EndObject();
        json.EndObject();
        return ValueTask.CompletedTask;
    }

    public ValueTask ListAsync(Exchange exchange)
    {
        var parameters = exchange.Parameters;
        var stream = StreamOf(parameters, required: true);
        var token = parameters.Text("NextToken", false, 1, 1048576);
        var most = parameters.Integer("MaxResults", false, 1, 10000) ?? 100;
        var created = parameters.Timestamp("StreamCreationTimestamp");
        var now = catalog.Clock.Now;
        var (_, model) = catalog.Require(parameters, stream, now);
        if (created is { } instant && instant / 1000 != model.CreatedAt / 1000)
        {
            throw catalog.NotFound(model.Name);
        }

        var after = token is null ? null : Encoding.UTF8.GetString(PageToken.Open(catalog.Signer, PagePurpose, token, now));
        var found = model.Consumers.OrderBy(consumer => consumer.Name, StringComparer.Ordinal).Where(consumer => after is null || string.CompareOrdinal(consumer.Name, after) > 0).ToArray();
        var page = found.AsSpan(0, Math.Min(most, found.Length));
        var json = exchange.Out;
        json.StartObject();
        json.StartArray("Consumers"u8);
        foreach (var consumer in page)
        {
            json.StartObject();
            Write(json, model, consumer, now);
            json.EndObject();
        }

        json.EndArray();
        if (found.Length > most)
        {
            json.Text("NextToken"u8, PageToken.Seal(catalog.Signer, PagePurpose, Encoding.UTF8.GetBytes(page[^1].Name), now));
        }

        json.EndObject();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DeregisterAsync(Exchange exchange)
    {
        var now = catalog.Clock.Now;
        var (entry, _, consumer) = Require(exchange.Parameters, now);
        await catalog.ChangeAsync(entry, now, model => model.Consumers.IndexOf(consumer) is >= 0 and var index && consumer.GoneAt is null
            ? model with { Consumers = model.Consumers.SetItem(index, consumer with { GoneAt = now + catalog.ChangeDelay }) }
            : throw NotFound(consumer.Name, model)).ConfigureAwait(false);
        entry.PulseAll();
    }

    /// <summary>The consumer an ARN names, and its stream.</summary>
    public (LiveStream Entry, StreamModel Model, ConsumerModel Consumer) Get(string arn, long now)
    {
        if (ConsumerArn().Match(arn) is not { Success: true } match)
        {
            throw ServiceException.InvalidArgument($"{arn} is not the ARN of a consumer.");
        }

        var (entry, model) = catalog.Get(match.Groups["stream"].Value, now);
        return model.Consumers.FirstOrDefault(consumer => IsNamed(consumer, match)) is { } found ? (entry, model, found) : throw NotFound(arn, model);
    }

    /// <summary>What a consumer is at an instant.</summary>
    public static string StatusOf(ConsumerModel consumer, long now) => consumer.GoneAt is not null ? "DELETING" : now < consumer.ActiveAt ? "CREATING" : "ACTIVE";

    private static bool IsNamed(ConsumerModel consumer, Match arn) =>
        consumer.Name == arn.Groups["name"].Value && (consumer.CreatedAt / 1000).ToString(CultureInfo.InvariantCulture) == arn.Groups["second"].Value;

    private static string? StreamOf(Parameters parameters, bool required)
    {
        var arn = parameters.Text("StreamARN", required, 1, 2048);
        return arn is null ? null : StreamCatalog.NameIn(parameters);
    }

    private (LiveStream Entry, StreamModel Model, ConsumerModel Consumer) Require(Parameters parameters, long now)
    {
        var stream = StreamOf(parameters, required: false);
        var name = parameters.Name("ConsumerName");
        var arn = parameters.Text("ConsumerARN", false, 1, 2048);
        parameters.ThrowIfInvalid();
        if (arn is not null)
        {
            var found = Get(arn, now);
            return (stream is null || stream == found.Model.Name) && (name is null || name == found.Consumer.Name)
                ? found
                : throw ServiceException.InvalidArgument("StreamARN, ConsumerName and ConsumerARN do not name the same consumer.");
        }

        if (stream is null || name is null)
        {
            throw ServiceException.InvalidArgument("Either ConsumerARN or StreamARN and ConsumerName should be provided.");
        }

        var (entry, model) = catalog.Get(stream, now);
        return model.Consumers.FirstOrDefault(consumer => consumer.Name == name) is { } named ? (entry, model, named) : throw NotFound(name, model);
    }

    private void RequireUsable(StreamModel model)
    {
        if (model.Status is "CREATING" or "DELETING")
        {
            throw ServiceException.InUse($"Stream {model.Name} under account {catalog.Account} not ACTIVE, instead in state {model.Status}");
        }
    }

    private ServiceException NotFound(string consumer, StreamModel model) => ServiceException.NotFound($"Consumer {consumer} of stream {model.Name} under account {catalog.Account} not found.");

    private void Write(ResponseWriter json, StreamModel model, ConsumerModel consumer, long now)
    {
        json.Text("ConsumerName"u8, consumer.Name);
        json.Text("ConsumerARN"u8, string.Create(CultureInfo.InvariantCulture, $"{catalog.ArnOf(model)}/consumer/{consumer.Name}:{consumer.CreatedAt / 1000}"));
        json.Text("ConsumerStatus"u8, StatusOf(consumer, now));
        json.Timestamp("ConsumerCreationTimestamp"u8, consumer.CreatedAt);
    }

    [GeneratedRegex(@"^arn:aws[^:]*:kinesis:[^:]*:\d{12}:stream/(?<stream>[a-zA-Z0-9_.-]{1,128})/consumer/(?<name>[a-zA-Z0-9_.-]{1,128}):(?<second>\d+)$")]
    private static partial Regex ConsumerArn();
}
