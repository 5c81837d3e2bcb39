namespace Kcl.Kinesis;

/// <summary>One call of <c>ListStreams</c>.</summary>
public sealed record ListStreamsRequest
{
    /// <summary>Gets the previous page's token; null for the first page.</summary>
    public string? NextToken { get; init; }

    /// <summary>Gets the most names of a page; null for the service's default of 100.</summary>
    public int? Limit { get; init; }
}
