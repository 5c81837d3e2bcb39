using Amazon.Runtime;
using Kcl.Leases.DynamoDb;

namespace Kcl.Unit.Tests.Leases.DynamoDb;

public class DynamoDbTargetTests
{
    [Fact]
    public void Nothing_configured_leaves_everything_to_the_sdk() => Assert.Equal(default, Resolve(new()));

    [Fact]
    public void The_option_wins_over_the_services_variable_which_wins_over_the_general_one()
    {
        (string, string)[] both = [("AWS_ENDPOINT_URL", "http://localhost:1"), ("AWS_ENDPOINT_URL_DYNAMODB", "http://localhost:2")];
        Assert.Equal(3, Resolve(new() { Endpoint = new("http://localhost:3") }, both).Endpoint!.Port);
        Assert.Equal(2, Resolve(new(), both).Endpoint!.Port);
        Assert.Equal(1, Resolve(new(), both[0]).Endpoint!.Port);
        Assert.Null(Resolve(new(), [.. both, ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")]).Endpoint);
    }

    [Fact]
    public void A_missing_region_is_called_that_and_not_a_failure_of_the_network()
    {
        var failure = DynamoDbClientFactory.RegionMissing(new AmazonClientException("No RegionEndpoint or ServiceURL configured"));
        Assert.StartsWith("No AWS region is set", failure.Message, StringComparison.Ordinal);
        Assert.Contains("--region, regionName", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_endpoint_that_is_no_url_is_named() =>
        Assert.Contains(
            "AWS_ENDPOINT_URL_DYNAMODB",
            Assert.Throws<ConfigurationException>(() => Resolve(new(), ("AWS_ENDPOINT_URL_DYNAMODB", "localhost:8000"))).Message,
            StringComparison.Ordinal);

    [Theory]
    [InlineData("http://localhost:8000", true)]
    [InlineData("http://127.0.0.1:8000", true)]
    [InlineData("https://[::1]:8000", true)]
    [InlineData("http://dynamodb:8000", true)]
    [InlineData("https://dynamodb.example.org", false)]
    [InlineData("http://dynamodb.eu-central-1.amazonaws.com", false)]
    public void Placeholder_credentials_are_used_only_for_local_endpoints(string endpoint, bool usesPlaceholders)
    {
        Assert.Equal(usesPlaceholders, Resolve(new() { Endpoint = new(endpoint) }).UsesPlaceholderCredentials);
        Assert.Equal(usesPlaceholders ? "us-east-1" : null, Resolve(new() { Endpoint = new(endpoint) }).Region);
    }

    [Fact]
    public void Configured_credentials_are_used_everywhere()
    {
        var local = new Uri("http://localhost:8000");
        Assert.False(Resolve(new() { Endpoint = local, Credentials = new BasicAWSCredentials("a", "b") }).UsesPlaceholderCredentials);
        Assert.False(Resolve(new() { Endpoint = local }, ("AWS_ACCESS_KEY_ID", "a")).UsesPlaceholderCredentials);
        Assert.False(Resolve(new() { Endpoint = local }, ("AWS_PROFILE", "dev")).UsesPlaceholderCredentials);
    }

    private static DynamoDbTarget Resolve(DynamoDbLeaseStoreOptions options, params (string Name, string Value)[] environment) =>
        DynamoDbTarget.Resolve(options, name => environment.FirstOrDefault(e => e.Name == name).Value);
}
