namespace Kcl.Kinesis.Endpoints;

/// <summary>
/// Applies the published endpoint rules of the service (kinesis/2013-12-02), except those for <c>StreamId</c>, which is never sent.
/// </summary>
internal static class KinesisEndpoint
{
    /// <summary>Resolves the endpoint of a call.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="arn">The ARN of the stream; null if the call has none.</param>
    /// <param name="plane">The operation's plane.</param>
    /// <exception cref="ConfigurationException">The settings contradict each other or the ARN.</exception>
    public static Uri Resolve(EndpointSettings settings, StreamArn? arn, ServicePlane plane)
    {
        if (settings.Endpoint is { } endpoint)
        {
            return settings.UseFips || settings.UseDualStack
                ? throw new ConfigurationException(
                    $"The endpoint {endpoint} and a FIPS or dual-stack endpoint exclude each other. Set either the endpoint or the flag.")
                : endpoint;
        }

        if (string.IsNullOrEmpty(settings.Region))
        {
            throw new ConfigurationException(
                "No AWS region is set. Set the region (AWS_REGION, --region, regionName in the properties file, Region in the options, "
                    + "or the profile), or set an endpoint.");
        }

        var region = settings.Region;
        if (region.AsSpan().ContainsAnyExcept(KinesisNames.RegionCharacters))
        {
            throw new ConfigurationException(
                $"'{region}' is not an AWS region; it must be characters from a-z, 0-9 and '-', for example eu-central-1.");
        }

        var partition = Partition.Of(region);
        var fips = settings.UseFips ? "-fips" : "";
        var suffix = settings.UseDualStack ? partition.DualStackDnsSuffix : partition.DnsSuffix;
        if (arn is { } stream && plane != ServicePlane.None)
        {
            if (stream.Partition != partition.Name)
            {
                throw new ConfigurationException(
                    $"The stream {stream} is in the partition {stream.Partition}, but the region {region} is in {partition.Name}. "
                        + "Set the region of the stream, or correct the ARN.");
            }

            if (settings.UseAccountEndpoints && partition.HasAccountEndpoints)
            {
                var label = plane == ServicePlane.Data ? "data" : "control";
                return new($"https://{stream.AccountId}.{label}-kinesis{fips}.{region}.{suffix}");
            }
        }

        // The normal endpoints of GovCloud are FIPS endpoints; they have no separate FIPS name.
        return settings is { UseFips: true, UseDualStack: false } && partition.Name == "aws-us-gov"
            ? new($"https://kinesis.{region}.{suffix}")
            : new($"https://kinesis{fips}.{region}.{suffix}");
    }
}
