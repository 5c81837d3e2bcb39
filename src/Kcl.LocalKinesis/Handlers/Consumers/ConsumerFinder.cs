using System.Globalization;
using System.Text.RegularExpressions;
using Kcl.LocalKinesis.Errors;
using Kcl.LocalKinesis.Http;
using Kcl.LocalKinesis.Model;

namespace Kcl.LocalKinesis.Handlers.Consumers;

/// <summary>Finds the consumer of a request. All times are in milliseconds since the Unix epoch.</summary>
internal sealed partial class ConsumerFinder(ServerContext context, StreamCatalog catalog)
{
    /// <summary>Returns the consumer that a request identifies by its ARN, or by its name and its stream's ARN.</summary>
    /// <exception cref="ServiceErrorException">The request identifies no consumer, or it does not exist.</exception>
    public (LiveStream Live, StreamModel Model, ConsumerModel Consumer) Find(Parameters parameters, long now)
    {
        var stream = parameters.ReadOptionalArn("StreamARN") is null ? null : parameters.ReadStreamName();
        var name = parameters.ReadOptionalName("ConsumerName");
        var arn = parameters.ReadOptionalArn("ConsumerARN");
        parameters.ThrowIfInvalid();
        if (arn is not null)
        {
            var found = FindByArn(arn, now);
            return (stream is null || stream == found.Model.Name) && (name is null || name == found.Consumer.Name)
                ? found
                : throw ServiceErrors.ConsumerNamesDiffer();
        }

        if (stream is null || name is null)
        {
            throw ServiceErrors.ConsumerRequired();
        }

        var (live, model) = catalog.Get(stream, now);
        var consumer = model.Consumers.FirstOrDefault(consumer => consumer.Name == name);
        return consumer is null ? throw context.Errors.ConsumerNotFound(name, model.Name) : (live, model, consumer);
    }

    /// <summary>Returns the consumer with an ARN.</summary>
    /// <exception cref="ServiceErrorException">The text is not the ARN of a consumer, or the consumer does not exist.</exception>
    public (LiveStream Live, StreamModel Model, ConsumerModel Consumer) FindByArn(string arn, long now)
    {
        var match = ConsumerArnPattern().Match(arn);
        if (!match.Success)
        {
            throw ServiceErrors.NotConsumerArn(arn);
        }

        var (live, model) = catalog.Get(match.Groups["stream"].Value, now);
        var consumer = model.Consumers.FirstOrDefault(consumer => IsNamed(consumer, match));
        return consumer is null ? throw context.Errors.ConsumerNotFound(arn, model.Name) : (live, model, consumer);
    }

    private static bool IsNamed(ConsumerModel consumer, Match arn) =>
        consumer.Name == arn.Groups["name"].Value
        && (consumer.CreatedAt / 1000).ToString(CultureInfo.InvariantCulture) == arn.Groups["second"].Value;

    [GeneratedRegex(
        @"^arn:aws[^:]*:kinesis:[^:]*:\d{12}:stream/(?<stream>[a-zA-Z0-9_.-]{1,128})"
        + @"/consumer/(?<name>[a-zA-Z0-9_.-]{1,128}):(?<second>\d+)$")]
    private static partial Regex ConsumerArnPattern();
}
