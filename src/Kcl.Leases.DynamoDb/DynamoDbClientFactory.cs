using Amazon;
using Amazon.DynamoDBv2;
using Amazon.Runtime;
using Kcl.Internal;

namespace Kcl.Leases.DynamoDb;

/// <summary>
/// Creates the DynamoDB client of the lease store. It does not retry: the caller of the store decides whether to repeat a call, and
/// recognizes its own writes.
/// </summary>
internal static class DynamoDbClientFactory
{
    /// <summary>Creates a client.</summary>
    /// <param name="options">The options of the store.</param>
    /// <param name="environment">Reads an environment variable.</param>
    /// <exception cref="ConfigurationException">The endpoint is not valid, or no region is known.</exception>
    public static IAmazonDynamoDB Create(DynamoDbLeaseStoreOptions options, Func<string, string?> environment)
    {
        var target = DynamoDbTarget.Resolve(options, environment);
        var config = new AmazonDynamoDBConfig
        {
            MaxErrorRetry = 0,
            // By default, the SDK repeats a call up to ten times after a broken connection, although the call may have taken effect.
            MaxStaleConnectionRetries = 0,
            // Longer than the timeouts of the store, so that a call ends by the timeout of the store. The SDK has a maximum.
            Timeout = Durations.Min(options.RequestTimeout * 10, OptionsProblems.MaxDuration),
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
            return (options.Credentials, target.UsesPlaceholderCredentials) switch
            {
                ({ } credentials, _) => new AmazonDynamoDBClient(credentials, config),
                (null, true) => new AmazonDynamoDBClient(new BasicAWSCredentials("local", "local"), config),
                _ => new AmazonDynamoDBClient(config),
            };
        }
        catch (AmazonClientException e)
        {
            throw RegionMissing(e);
        }
    }

    /// <summary>Creates the exception for a client that cannot be created without a region or an endpoint.</summary>
    internal static ConfigurationException RegionMissing(AmazonClientException exception) => new(
        $"No AWS region is set for DynamoDB: {exception.Message.TrimEnd('.')}. "
            + "Set the region (AWS_REGION, --region, regionName in the properties file, or Region) "
            + "or the endpoint (AWS_ENDPOINT_URL_DYNAMODB, --endpoint, dynamoDBEndpoint, or Endpoint).",
        exception);
}
