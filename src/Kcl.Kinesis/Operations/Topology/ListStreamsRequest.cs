namespace Kcl.Kinesis;

/// <summary>One call of <c>ListStreams</c>.</summary>
public sealed record ListStreamsRequest
{
    /// <summary>Gets the token of the previous page; null for the first page.</summary>
    public string? NextToken { get; init; }

    /// <summary>Gets the maximum number of names of a page, 1 to 10000; null for the service's default of 100.</summary>
    public int? Limit { get; init; }
}
