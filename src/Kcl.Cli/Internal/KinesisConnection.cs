using Kcl.Kinesis;
using Kcl.Kinesis.Endpoints;

namespace Kcl.Cli.Internal;

/// <summary>Determines how the commands connect to Kinesis.</summary>
internal static class KinesisConnection
{
    /// <summary>Creates the options of a client.</summary>
    /// <param name="endpoint">The endpoint; null for the endpoint of the region.</param>
    /// <param name="region">The region; null for the region of the environment, or for a default region if the endpoint is local.</param>
    /// <param name="environment">Reads an environment variable.</param>
    public static KinesisClientOptions CreateOptions(Uri? endpoint, string? region, Func<string, string?> environment) => new()
    {
        Endpoint = endpoint,
        Region = region ?? (LocalEndpointPolicy.IsLocal(endpoint) ? LocalEndpointPolicy.DefaultRegion : null),
        SignRequests = LocalEndpointPolicy.NeedsCredentials(endpoint, credentialsGiven: false, environment),
    };
}
