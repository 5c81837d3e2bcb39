namespace Kcl.Kinesis.Endpoints;

/// <summary>A set of regions that share domains and accounts.</summary>
internal sealed record Partition(
    string Name, string RegionPrefix, string DnsSuffix, string DualStackDnsSuffix, bool HasAccountEndpoints = true)
{
    // From the partitions file of the AWS SDKs. A prefix precedes every shorter prefix with which it starts.
    private static readonly Partition[] Special =
    [
        new("aws-cn", "cn-", "amazonaws.com.cn", "api.amazonwebservices.com.cn"),
        new("aws-us-gov", "us-gov-", "amazonaws.com", "api.aws"),
        new("aws-eusc", "eusc-", "amazonaws.eu", "api.amazonwebservices.eu"),
        new("aws-iso", "us-iso-", "c2s.ic.gov", "api.aws.ic.gov", HasAccountEndpoints: false),
        new("aws-iso-b", "us-isob-", "sc2s.sgov.gov", "api.aws.scloud", HasAccountEndpoints: false),
        new("aws-iso-e", "eu-isoe-", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"),
        new("aws-iso-f", "us-isof-", "csp.hci.ic.gov", "api.aws.hci.ic.gov"),
    ];

    private static readonly Partition Public = new("aws", "", "amazonaws.com", "api.aws");

    /// <summary>Returns the partition of a region; the public one if the region is not known.</summary>
    public static Partition Of(string region) =>
        Array.Find(Special, partition => region.StartsWith(partition.RegionPrefix, StringComparison.Ordinal)) ?? Public;
}
