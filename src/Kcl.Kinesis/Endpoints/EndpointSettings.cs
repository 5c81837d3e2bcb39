namespace Kcl.Kinesis.Endpoints;

/// <summary>Which of the service's two faces an operation belongs to; they have hosts of their own where an account is named.</summary>
internal enum ServicePlane
{
    /// <summary>Neither: the operation takes no stream.</summary>
    None,

    /// <summary>Records.</summary>
    Data,

    /// <summary>Streams and shards.</summary>
    Control,
}

/// <summary>What decides the endpoint, apart from the call itself.</summary>
/// <param name="Endpoint">An endpoint that was named; wins over everything.</param>
/// <param name="Region">The region.</param>
/// <param name="UseFips">Whether FIPS 140 endpoints are wanted.</param>
/// <param name="UseDualStack">Whether endpoints with IPv6 are wanted.</param>
/// <param name="UseAccountEndpoints">Whether calls that name a stream by ARN go to the account's own host.</param>
internal sealed record EndpointSettings(Uri? Endpoint, string? Region, bool UseFips = false, bool UseDualStack = false, bool UseAccountEndpoints = true);
