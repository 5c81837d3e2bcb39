namespace Kcl.Kinesis.Endpoints;

/// <summary>The settings that determine the endpoint of a call.</summary>
/// <param name="Endpoint">The configured endpoint, which takes precedence over all other settings; null if none is configured.</param>
/// <param name="Region">The region; null if it is not known.</param>
/// <param name="UseFips">True if FIPS 140 endpoints are used.</param>
/// <param name="UseDualStack">True if endpoints with IPv6 are used.</param>
/// <param name="UseAccountEndpoints">True if calls that identify a stream by ARN go to the account's own host.</param>
internal sealed record EndpointSettings(
    Uri? Endpoint, string? Region, bool UseFips = false, bool UseDualStack = false, bool UseAccountEndpoints = true);
