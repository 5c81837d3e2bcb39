using System.Collections.Concurrent;
using Amazon.Runtime;

namespace Kcl.Kinesis.Endpoints;

/// <summary>Resolves endpoints once per account and plane.</summary>
internal sealed class EndpointSource(KinesisClientOptions options, Func<string, string?> environment)
{
    private readonly ConcurrentDictionary<(string? Partition, string? Account, ServicePlane Plane), ServiceEndpoint> _known = new();
    private readonly Lazy<EndpointSettings> _settings = new(() => ResolveSettings(options, environment));

    /// <summary>Resolves the endpoint of a call.</summary>
    /// <param name="arn">The ARN of the stream; null if the call has none.</param>
    /// <param name="plane">The operation's plane.</param>
    /// <exception cref="ConfigurationException">The configuration does not determine an endpoint.</exception>
    public ServiceEndpoint Resolve(StreamArn? arn, ServicePlane plane)
    {
        var key = (arn?.Partition, arn?.AccountId, arn is null ? ServicePlane.None : plane);
        if (_known.TryGetValue(key, out var endpoint))
        {
            return endpoint;
        }

        var region = _settings.Value.Region ?? LocalEndpointPolicy.DefaultRegion;
        return _known.GetOrAdd(key, new ServiceEndpoint(KinesisEndpoint.Resolve(_settings.Value, arn, plane), region));
    }

    private static EndpointSettings ResolveSettings(KinesisClientOptions options, Func<string, string?> environment)
    {
        // Reading the profile reads a file, which is not needed if the options are complete.
        var profile = options is { Endpoint: not null, Region: not null } ? new() : EndpointEnvironment.ReadProfile(environment);
        var settings = EndpointEnvironment.Complete(options, environment, profile);
        return settings is { Region: null, Endpoint: null }
            ? settings with { Region = FallbackRegionFactory.GetRegionEndpoint()?.SystemName } // asks the instance
            : settings;
    }
}
