using System.Buffers;

namespace Kcl.Kinesis.Endpoints;

/// <summary>Where a call goes: the service's published endpoint rules (kinesis/2013-12-02), less <c>StreamId</c>, which is never sent.</summary>
internal static class KinesisEndpoint
{
    private static readonly SearchValues<char> RegionCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    /// <summary>Resolves one call.</summary>
    /// <param name="settings">What was configured.</param>
    /// <param name="arn">The stream's ARN, where the call names one.</param>
    /// <param name="plane">The operation's plane.</param>
    /// <exception cref="ConfigurationException">The settings contradict each other, or the ARN.</exception>
    public static Uri Resolve(EndpointSettings settings, StreamArn? arn, ServicePlane plane)
    {
        if (settings.Endpoint is { } endpoint)
        {
            return settings.UseFips || settings.UseDualStack
                ? throw new ConfigurationException($"The endpoint {endpoint} and a FIPS or dual-stack endpoint exclude each other: set either the endpoint or the flag.")
                : endpoint;
        }

        if (string.IsNullOrEmpty(settings.Region))
        {
            throw new ConfigurationException("No AWS region is known: set it in the options, in AWS_REGION or in the profile, or set an endpoint.");
        }

        var region = settings.Region;
        if (region.AsSpan().ContainsAnyExcept(RegionCharacters))
        {
            throw new ConfigurationException($"'{region}' is not an AWS region: only a-z, 0-9 and '-' can be in one, for example eu-central-1.");
        }

        var partition = Partition.Of(region);
        var fips = settings.UseFips ? "-fips" : "";
        var suffix = settings.UseDualStack ? partition.DualStackDnsSuffix : partition.DnsSuffix;
        if (arn is { } stream && plane != ServicePlane.None)
        {
            if (stream.Partition != partition.Name)
            {
                throw new ConfigurationException($"The stream {stream} belongs to the partition {stream.Partition}, the region {region} to {partition.Name}: one of them is wrong.");
            }

            if (settings.UseAccountEndpoints && partition.HasAccountEndpoints)
            {
                var face = plane == ServicePlane.Data ? "data" : "control";
                return new($"https://{stream.AccountId}.{face}-kinesis{fips}.{region}.{suffix}");
            }
        }

        // GovCloud's ordinary endpoints are FIPS endpoints and have no second name.
        return settings is { UseFips: true, UseDualStack: false } && partition.Name == "aws-us-gov"
            ? new($"https://kinesis.{region}.{suffix}")
            : new($"https://kinesis{fips}.{region}.{suffix}");
    }
}
