namespace Kcl.Kinesis.Endpoints;

/// <summary>
/// Decides whether a call needs AWS credentials. A local server does not verify credentials, so users need not invent any.
/// </summary>
/// <remarks>The same rule applies to Kinesis and DynamoDB. Credentials that were specified are always used.</remarks>
internal static class LocalEndpointPolicy
{
    /// <summary>The region for signatures if only a local endpoint is known.</summary>
    public const string DefaultRegion = "us-east-1";

    // The variables from which the AWS SDKs read credentials. The default profile and the role of an instance are not considered: many
    // machines have them independently of a local server, and they may be expired or slow to read.
    private static readonly string[] CredentialVariables =
    [
        "AWS_ACCESS_KEY_ID",
        "AWS_PROFILE",
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    ];

    /// <summary>Returns whether a call needs credentials.</summary>
    /// <param name="endpoint">The endpoint of the call; null for the service's own endpoint.</param>
    /// <param name="credentialsGiven">True if credentials were specified in options, in a properties file or on the command line.</param>
    /// <param name="environment">Reads an environment variable.</param>
    /// <returns>True if the call needs credentials; false if the endpoint is local and none were specified.</returns>
    public static bool NeedsCredentials(Uri? endpoint, bool credentialsGiven, Func<string, string?> environment) =>
        !IsLocal(endpoint) || credentialsGiven || Array.Exists(CredentialVariables, name => !string.IsNullOrEmpty(environment(name)));

    /// <summary>Returns whether an endpoint is on this machine or on its container network.</summary>
    /// <param name="endpoint">The endpoint; null for the service's own.</param>
    public static bool IsLocal(Uri? endpoint) =>
        endpoint is not null && (endpoint.IsLoopback || (endpoint.Scheme == Uri.UriSchemeHttp && IsContainerName(endpoint)));

    // The names of AWS hosts and of hosts in a VPC contain a domain; the name of a container does not.
    private static bool IsContainerName(Uri endpoint) =>
        endpoint.HostNameType == UriHostNameType.Dns
        && (!endpoint.Host.Contains('.', StringComparison.Ordinal)
            || endpoint.Host.Equals("host.docker.internal", StringComparison.OrdinalIgnoreCase)
            || endpoint.Host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase));
}
