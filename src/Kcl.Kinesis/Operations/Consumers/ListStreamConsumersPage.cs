namespace Kcl.Kinesis;

/// <summary>One page of consumers.</summary>
public sealed record ListStreamConsumersPage
{
    /// <summary>Gets the consumers.</summary>
    public required IReadOnlyList<StreamConsumer> Consumers { get; init; }

    /// <summary>Gets the token that requests the next page; null on the last page.</summary>
    public string? NextToken { get; init; }
}
