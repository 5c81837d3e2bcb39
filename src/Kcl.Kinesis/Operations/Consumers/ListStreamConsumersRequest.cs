using System.Diagnostics.CodeAnalysis;

namespace Kcl.Kinesis;

/// <summary>One call of <c>ListStreamConsumers</c>.</summary>
public sealed record ListStreamConsumersRequest
{
    /// <summary>Creates a request whose properties are set by an object initializer.</summary>
    public ListStreamConsumersRequest()
    {
    }

    /// <summary>Creates a request for the first page of a stream.</summary>
    /// <param name="stream">The stream.</param>
    [SetsRequiredMembers]
    public ListStreamConsumersRequest(StreamArn stream) => Stream = stream;

    /// <summary>Gets the stream.</summary>
    public required StreamArn Stream { get; init; }

    /// <summary>Gets the token of the previous page; null for the first page.</summary>
    public string? NextToken { get; init; }

    /// <summary>Gets the maximum number of consumers of a page, 1 to 10000; null for the service's default of 100.</summary>
    public int? MaxResults { get; init; }
}
