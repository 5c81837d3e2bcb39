using Amazon;
using Amazon.DynamoDBv2;
using Amazon.Runtime;

namespace Kcl.Leases.DynamoDb;

/// <summary>Where the client goes and who it says it is.</summary>
/// <param name="Endpoint">The endpoint; null for the region's own.</param>
/// <param name="Region">The region; null to let the SDK find it.</param>
/// <param name="MadeUpCredentials">Whether the endpoint is local and nobody configured credentials for it.</param>
internal readonly record struct DynamoDbTarget(Uri? Endpoint, string? Region, bool MadeUpCredentials)
{
    /// <summary>Decides from options and environment.</summary>
    /// <param name="options">The options.</param>
    /// <param name="environment">Reads an environment variable.</param>
    public static DynamoDbTarget Resolve(DynamoDbLeaseStoreOptions options, Func<string, string?> environment)
    {
        var endpoint = options.Endpoint;
        if (endpoint is null && !string.Equals(environment("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"), "true", StringComparison.OrdinalIgnoreCase))
        {
            foreach (var variable in (string[])["AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL"])
            {
                if (environment(variable) is { Length: > 0 } text)
                {
                    endpoint = Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
                        ? uri
                        : throw new ConfigurationException($"{variable} is '{text}': an absolute http or https URL is expected, for example http://127.0.0.1:8000.");
                    break;
                }
            }
        }

        var isLocal = endpoint is not null && (endpoint.IsLoopback || (endpoint.Scheme == Uri.UriSchemeHttp && !endpoint.Host.Contains(".amazonaws.", StringComparison.OrdinalIgnoreCase)));
        var region = FirstNonEmpty(options.Region, environment("AWS_REGION"), environment("AWS_DEFAULT_REGION"), isLocal ? "us-east-1" : null);
        var anyCredentials = options.Credentials is not null || environment("AWS_ACCESS_KEY_ID") is { Length: > 0 } || environment("AWS_PROFILE") is { Length: > 0 };
        return new(endpoint, region, isLocal && !anyCredentials);
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

/// <summary>Makes the SDK's client the way the store needs it: no retries, since whoever calls the store decides, and knows its own writes again.</summary>
internal static class DynamoDbClientFactory
{
    public static IAmazonDynamoDB Create(DynamoDbLeaseStoreOptions options, Func<string, string?> environment)
    {
        var target = DynamoDbTarget.Resolve(options, environment);
        var config = new AmazonDynamoDBConfig
        {
            MaxErrorRetry = 0,
            // Or else the SDK sends a call whose connection broke, and which may have taken effect, ten times more.
            MaxStaleConnectionRetries = 0,
            // Longer than any deadline of ours, which are what ends a call.
            Timeout = options.RequestTimeout * 10,
            ThrottleRetries = false,
            LogMetrics = false,
        };

        if (target.Endpoint is { } endpoint)
        {
            config.ServiceURL = endpoint.ToString();
            if (target.Region is { } signing)
            {
                config.AuthenticationRegion = signing;
            }
        }
        else if (target.Region is { } region)
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(region);
        }

        try
        {
            return (options.Credentials, target.MadeUpCredentials) switch
            {
                ({ } credentials, _) => new AmazonDynamoDBClient(credentials, config),
                (null, true) => new AmazonDynamoDBClient(new BasicAWSCredentials("local", "local"), config),
                _ => new AmazonDynamoDBClient(config),
            };
        }
        catch (AmazonClientException e)
        {
            throw new ConfigurationException($"DynamoDB cannot be reached: {e.Message.TrimEnd('.')}. Set the region (AWS_REGION, --region, regionName in the properties file, or Region) or the endpoint (AWS_ENDPOINT_URL_DYNAMODB, --endpoint, dynamoDBEndpoint, or Endpoint).", e);
        }
    }
}
