namespace Kcl.Kinesis.Endpoints;

/// <summary>Where a call goes, and the region that it is signed for.</summary>
internal sealed record ServiceEndpoint(Uri Uri, string Region);
