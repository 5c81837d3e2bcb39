namespace Kcl.Kinesis.Endpoints;

/// <summary>What a profile of the shared AWS configuration says about endpoints.</summary>
internal sealed record ProfileSettings(string? Region = null, string? EndpointUrl = null, bool? UseFips = null, bool? UseDualStack = null, bool? IgnoreEndpointUrl = null);
