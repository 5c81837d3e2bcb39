namespace Kcl.Kinesis;

/// <summary>One page of stream names.</summary>
/// <param name="StreamNames">The names, sorted.</param>
/// <param name="NextToken">Asks for the next page; null on the last.</param>
public sealed record ListStreamsPage(IReadOnlyList<StreamName> StreamNames, string? NextToken);
