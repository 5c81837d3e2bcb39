namespace Kcl.Kinesis;

/// <summary>One page of stream names.</summary>
public sealed record ListStreamsPage
{
    /// <summary>Gets the names, sorted.</summary>
    public required IReadOnlyList<StreamName> StreamNames { get; init; }

    /// <summary>Gets the token that requests the next page; null on the last page.</summary>
    public string? NextToken { get; init; }
}
