namespace Kcl.Kinesis.Endpoints;

/// <summary>What decides the endpoint, apart from the call itself.</summary>
/// <param name="Endpoint">An endpoint that was configured; it takes precedence over everything else.</param>
/// <param name="Region">The region.</param>
/// <param name="UseFips">Whether FIPS 140 endpoints are used.</param>
/// <param name="UseDualStack">Whether endpoints with IPv6 are used.</param>
/// <param name="UseAccountEndpoints">Whether calls that identify a stream by ARN go to the account's own host.</param>
internal sealed record EndpointSettings(
    Uri? Endpoint, string? Region, bool UseFips = false, bool UseDualStack = false, bool UseAccountEndpoints = true);
