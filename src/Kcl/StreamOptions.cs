using Kcl.Internal;
using Kcl.Kinesis;

namespace Kcl;

/// <summary>
/// A stream that a <see cref="KinesisConsumer"/> reads, and where it starts. Converts implicitly from a name, an ARN or a
/// <see cref="StreamIdentifier"/>.
/// </summary>
/// <example>
/// <code>
/// Stream = new StreamName("orders")
/// Stream = { Identifier = new StreamName("orders"), InitialPosition = InitialPosition.TrimHorizon }
/// </code>
/// </example>
public sealed class StreamOptions
{
    /// <summary>Creates options without a stream; set <see cref="Identifier"/>.</summary>
    public StreamOptions()
    {
    }

    /// <summary>Creates the options of a stream.</summary>
    /// <param name="identifier">The stream, by name or ARN.</param>
    public StreamOptions(StreamIdentifier identifier) => Identifier = identifier;

    /// <summary>Gets or sets the stream, by name or ARN.</summary>
    /// <value>Required; there is no default.</value>
    public StreamIdentifier Identifier { get; set; }

    /// <summary>
    /// Gets or sets the position at which shards without a lease start. Shards with a lease continue at their checkpoint.
    /// </summary>
    /// <value>
    /// The default is <see cref="InitialPosition.Latest"/>, as in every KCL. Set the same position in all workers of an application,
    /// because a lease keeps the timestamp of the worker that creates it or takes it first.
    /// </value>
    public InitialPosition InitialPosition { get; set; } = InitialPosition.Latest;

    /// <summary>
    /// Gets or sets the ARN of an existing fan-out consumer. The worker then subscribes as this consumer and never registers one.
    /// </summary>
    /// <value>The default is null: the consumer is found by its name, <see cref="KinesisConsumerOptions.FanOutConsumerName"/>.</value>
    public ConsumerArn? FanOutConsumerArn { get; set; }

    /// <summary>Returns options for a stream given by name, with every other setting at its default.</summary>
    /// <param name="name">The stream's name.</param>
    public static implicit operator StreamOptions(StreamName name) => new(name);

    /// <summary>Returns options for a stream given by ARN, with every other setting at its default.</summary>
    /// <param name="arn">The stream's ARN.</param>
    public static implicit operator StreamOptions(StreamArn arn) => new(arn);

    /// <summary>Returns options for a stream, with every other setting at its default.</summary>
    /// <param name="identifier">The stream, by name or ARN.</param>
    public static implicit operator StreamOptions(StreamIdentifier identifier) => new(identifier);

    internal IReadOnlyList<string> Validate()
    {
        var problems = new OptionsProblems()
            .Require(Identifier != default, "Identifier is not set; set the name or the ARN of the stream.");
        if (FanOutConsumerArn is { } consumer && Identifier != default && consumer.Stream.StreamName != Identifier.Name)
        {
            problems.Add(
                $"FanOutConsumerArn belongs to stream {consumer.Stream.StreamName}; it must be a consumer of stream {Identifier.Name}.");
        }

        return problems.All;
    }

    /// <summary>Returns a copy that later changes do not affect.</summary>
    /// <exception cref="ConfigurationException">The options are not valid. The message lists every problem.</exception>
    internal StreamOptions Freeze()
    {
        OptionsProblems.ThrowIfAny("The options of the stream", Validate());
        return (StreamOptions)MemberwiseClone();
    }
}
