using System.Collections.Concurrent;
using Amazon.Runtime;
using Kcl.Kinesis.Endpoints;

namespace Kcl.Kinesis.Transport;

/// <summary>Where a call goes and for which region it is signed.</summary>
internal sealed record ServiceEndpoint(Uri Uri, string Region);

/// <summary>Resolves endpoints once per account and plane.</summary>
internal sealed class EndpointSource(KinesisClientOptions options, Func<string, string?> variable)
{
    private const string RegionOfLocalServers = "us-east-1";
    private readonly ConcurrentDictionary<(string? Partition, string? Account, ServicePlane Plane), ServiceEndpoint> _known = new();
    private readonly Lazy<EndpointSettings> _settings = new(() => Settle(options, variable));

    /// <summary>Resolves one call.</summary>
    /// <exception cref="ConfigurationException">It can't be.</exception>
    public ServiceEndpoint Resolve(StreamArn? arn, ServicePlane plane)
    {
        var key = (arn?.Partition, arn?.AccountId, arn is null ? ServicePlane.None : plane);
        return _known.TryGetValue(key, out var endpoint)
            ? endpoint
            : _known.GetOrAdd(key, new ServiceEndpoint(KinesisEndpoint.Resolve(_settings.Value, arn, plane), _settings.Value.Region ?? RegionOfLocalServers));
    }

    private static EndpointSettings Settle(KinesisClientOptions options, Func<string, string?> variable)
    {
        // A profile is a file to read: not where options say it all.
        var profile = options is { Endpoint: not null, Region: not null } ? new() : EndpointEnvironment.ReadProfile(variable);
        var settings = EndpointEnvironment.Complete(options, variable, profile);
        return settings is { Region: null, Endpoint: null }
            ? settings with { Region = FallbackRegionFactory.GetRegionEndpoint()?.SystemName } // asks the instance
            : settings;
    }
}
