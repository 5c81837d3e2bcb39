using Kcl.Kinesis.Endpoints;

namespace Kcl.Leases.DynamoDb;

/// <summary>The endpoint, region and credentials of the DynamoDB client.</summary>
/// <param name="Endpoint">The endpoint; null for that of the region.</param>
/// <param name="Region">The region; null if the SDK must find it.</param>
/// <param name="UsesPlaceholderCredentials">
/// True if placeholder credentials are used, because the endpoint is local and no credentials were given.
/// </param>
internal readonly record struct DynamoDbTarget(Uri? Endpoint, string? Region, bool UsesPlaceholderCredentials)
{
    /// <summary>Resolves the target from the options and the environment.</summary>
    /// <param name="options">The options.</param>
    /// <param name="environment">Reads an environment variable.</param>
    /// <exception cref="ConfigurationException">An environment variable contains an invalid endpoint.</exception>
    public static DynamoDbTarget Resolve(DynamoDbLeaseStoreOptions options, Func<string, string?> environment)
    {
        var endpoint = options.Endpoint ?? FindEndpoint(environment);
        var localRegion = LocalEndpointPolicy.IsLocal(endpoint) ? LocalEndpointPolicy.DefaultRegion : null;
        var region = FirstNonEmpty(options.Region, environment("AWS_REGION"), environment("AWS_DEFAULT_REGION"), localRegion);
        return new(endpoint, region, !LocalEndpointPolicy.NeedsCredentials(endpoint, options.Credentials is not null, environment));
    }

    private static Uri? FindEndpoint(Func<string, string?> environment)
    {
        if (string.Equals(environment("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"), "true", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        foreach (var variable in (string[])["AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL"])
        {
            if (environment(variable) is { Length: > 0 } text)
            {
                return Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
                    ? uri
                    : throw new ConfigurationException(
                        $"{variable} is '{text}'; it must be an absolute http or https URL, for example http://127.0.0.1:8000.");
            }
        }

        return null;
    }

    private static string? FirstNonEmpty(params ReadOnlySpan<string?> candidates)
    {
        foreach (var candidate in candidates)
        {
            if (!string.IsNullOrEmpty(candidate))
            {
                return candidate;
            }
        }

        return null;
    }
}
