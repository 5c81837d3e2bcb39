namespace Kcl.Kinesis.Endpoints;

/// <summary>The URL of a call, and the region for its signature.</summary>
internal sealed record ServiceEndpoint(Uri Uri, string Region);
