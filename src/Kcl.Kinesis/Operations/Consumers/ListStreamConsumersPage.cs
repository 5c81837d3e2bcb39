namespace Kcl.Kinesis;

/// <summary>One page of consumers.</summary>
/// <param name="Consumers">The consumers.</param>
/// <param name="NextToken">Asks for the next page; null on the last.</param>
public sealed record ListStreamConsumersPage(IReadOnlyList<StreamConsumer> Consumers, string? NextToken);
