namespace Kcl.Kinesis.Endpoints;

/// <summary>
/// The settings of a profile of the shared AWS configuration that determine endpoints; null if the profile does not have them.
/// </summary>
internal sealed record ProfileSettings(
    string? Region = null, string? EndpointUrl = null, bool? UseFips = null, bool? UseDualStack = null, bool? IgnoreEndpointUrl = null);
