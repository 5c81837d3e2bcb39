using Kcl.Kinesis;
using Kcl.Kinesis.Endpoints;
using Kcl.Unit.Tests.Kinesis.Assets;

namespace Kcl.Unit.Tests.Kinesis.Endpoints;

public class KinesisEndpointTests
{
    private static readonly StreamArn Arn = StreamArn.Parse("arn:aws:kinesis:us-east-1:123456789012:stream/words");

    public static TheoryData<string> Rows => [.. Asset.Lines("endpoints.txt").Where(line => !line.StartsWith('#'))];

    [Theory]
    [MemberData(nameof(Rows))]
    public void Every_call_goes_where_the_SDKs_send_it(string row)
    {
        var (region, plane, url, settings) = Parse(row);
        StreamArn? arn = plane == ServicePlane.None
            ? null
            : StreamArn.Parse($"arn:{Partition.Of(region ?? "").Name}:kinesis:eu-west-1:123456789012:stream/words");
        if (url == "error")
        {
            Assert.Throws<ConfigurationException>(() => KinesisEndpoint.Resolve(settings, arn, plane));
        }
        else
        {
            Assert.Equal(new Uri(url), KinesisEndpoint.Resolve(settings, arn, plane));
        }
    }

    [Fact]
    public void A_stream_of_another_partition_is_refused_before_any_call()
    {
        var failure = Assert.Throws<ConfigurationException>(() => KinesisEndpoint.Resolve(new(null, "cn-north-1"), Arn, ServicePlane.Data));
        Assert.Contains("aws-cn", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Account_endpoints_can_be_turned_off() =>
        Assert.Equal(
            new Uri("https://kinesis.us-east-1.amazonaws.com"),
            KinesisEndpoint.Resolve(new(null, "us-east-1", UseAccountEndpoints: false), Arn, ServicePlane.Data));

    [Theory]
    [InlineData("us-east-1.evil.example/")]
    [InlineData("US-EAST-1")]
    public void An_invalid_region_never_becomes_a_host(string region) =>
        Assert.Throws<ConfigurationException>(() => KinesisEndpoint.Resolve(new(null, region), null, ServicePlane.None));

    private static (string? Region, ServicePlane Plane, string Url, EndpointSettings Settings) Parse(string row)
    {
        var parts = row.Split('|');
        var region = parts[0] == "-" ? null : parts[0];
        var custom = parts[4] == "-" ? null : parts[4];
        var plane = parts[3] switch
        {
            "data" => ServicePlane.Data,
            "control" => ServicePlane.Control,
            _ => ServicePlane.None,
        };
        return (region, plane, parts[5], new(custom is null ? null : new Uri(custom), region, parts[1] == "1", parts[2] == "1"));
    }

    [Fact]
    public void Without_a_region_anywhere_the_error_says_where_to_set_one()
    {
        var failure = Assert.Throws<ConfigurationException>(() => KinesisEndpoint.Resolve(new(null, null), null, ServicePlane.None));

        Assert.Contains("AWS_REGION", failure.Message, StringComparison.Ordinal);
        Assert.Contains("--region", failure.Message, StringComparison.Ordinal);
        Assert.Contains("regionName", failure.Message, StringComparison.Ordinal);
    }
}
