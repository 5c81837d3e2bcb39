namespace Kcl.Kinesis.Endpoints;

/// <summary>Decides whether a call needs AWS credentials. A local server verifies none, and needs no made-up ones.</summary>
/// <remarks>The one rule of the product, for Kinesis and for DynamoDB. Credentials that somebody gave are always used.</remarks>
internal static class LocalEndpointPolicy
{
    /// <summary>The region to sign for where only a local endpoint is known.</summary>
    public const string DefaultRegion = "us-east-1";

    // What the AWS SDKs take credentials from, if somebody set it. A default profile and the role of an instance are not in this list:
    // they exist on many machines without having anything to do with a local server, and may be expired or slow to ask for.
    private static readonly string[] CredentialVariables =
    [
        "AWS_ACCESS_KEY_ID",
        "AWS_PROFILE",
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    ];

    /// <summary>Returns whether a call needs credentials.</summary>
    /// <param name="endpoint">Where the call goes; null for the service's own endpoint.</param>
    /// <param name="credentialsGiven">Whether credentials were given in options, a properties file or on the command line.</param>
    /// <param name="environment">Reads an environment variable.</param>
    /// <returns>False if the endpoint is local and nobody gave credentials.</returns>
    public static bool NeedsCredentials(Uri? endpoint, bool credentialsGiven, Func<string, string?> environment) =>
        !IsLocal(endpoint) || credentialsGiven || Array.Exists(CredentialVariables, name => !string.IsNullOrEmpty(environment(name)));

    /// <summary>Returns whether an endpoint is on this machine or on its container network.</summary>
    /// <param name="endpoint">The endpoint; null for the service's own.</param>
    public static bool IsLocal(Uri? endpoint) =>
        endpoint is not null && (endpoint.IsLoopback || (endpoint.Scheme == Uri.UriSchemeHttp && IsContainerName(endpoint)));

    // AWS hosts and hosts of a VPC have a domain; the name of a container has none. Without TLS, as emulators are reached.
    private static bool IsContainerName(Uri endpoint) =>
        endpoint.HostNameType == UriHostNameType.Dns
        && (!endpoint.Host.Contains('.', StringComparison.Ordinal)
            || endpoint.Host.Equals("host.docker.internal", StringComparison.OrdinalIgnoreCase)
            || endpoint.Host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase));
}
