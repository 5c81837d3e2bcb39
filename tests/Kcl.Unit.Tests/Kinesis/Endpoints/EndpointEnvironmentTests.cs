using Kcl.Kinesis;
using Kcl.Kinesis.Endpoints;

namespace Kcl.Unit.Tests.Kinesis.Endpoints;

public class EndpointEnvironmentTests
{
    [Fact]
    public void An_endpoint_is_looked_for_in_the_order_of_the_SDKs()
    {
        var profile = new ProfileSettings(EndpointUrl: "http://profile:1");
        Assert.Equal(
            "options",
            Complete(
                new() { Endpoint = new("http://options:1") },
                profile,
                ("AWS_ENDPOINT_URL_KINESIS", "http://service:1"),
                ("AWS_ENDPOINT_URL", "http://general:1")).Endpoint?.Host);
        Assert.Equal(
            "service",
            Complete(
                new(),
                profile,
                ("AWS_ENDPOINT_URL_KINESIS", "http://service:1"),
                ("AWS_ENDPOINT_URL", "http://general:1")).Endpoint?.Host);
        Assert.Equal("general", Complete(new(), profile, ("AWS_ENDPOINT_URL", "http://general:1")).Endpoint?.Host);
        Assert.Equal("profile", Complete(new(), profile).Endpoint?.Host);
        Assert.Null(Complete(new(), new()).Endpoint);
    }

    [Fact]
    public void Configured_endpoints_can_be_ignored_but_not_the_options()
    {
        (string, string)[] variables = [
            ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true"),
            ("AWS_ENDPOINT_URL_KINESIS", "http://service:1"),
            ("AWS_ENDPOINT_URL", "http://general:1"),
        ];
        Assert.Null(Complete(new(), new(EndpointUrl: "http://profile:1"), variables).Endpoint);
        Assert.Equal("options", Complete(new() { Endpoint = new("http://options:1") }, new(), variables).Endpoint?.Host);
    }

    [Fact]
    public void A_region_is_looked_for_in_the_order_of_the_SDKs()
    {
        var profile = new ProfileSettings("profile-1");
        Assert.Equal("options-1", Complete(new() { Region = "options-1" }, profile, ("AWS_REGION", "region-1")).Region);
        Assert.Equal("region-1", Complete(new(), profile, ("AWS_REGION", "region-1"), ("AWS_DEFAULT_REGION", "default-1")).Region);
        Assert.Equal("default-1", Complete(new(), profile, ("AWS_REGION", ""), ("AWS_DEFAULT_REGION", "default-1")).Region);
        Assert.Equal("profile-1", Complete(new(), profile).Region);
    }

    [Fact]
    public void Flags_come_from_options_environment_and_profile()
    {
        Assert.True(Complete(
            new(),
            new(),
            ("AWS_USE_FIPS_ENDPOINT", "True"),
            ("AWS_USE_DUALSTACK_ENDPOINT", "true")) is { UseFips: true, UseDualStack: true });
        Assert.False(Complete(new() { UseFipsEndpoint = false }, new(UseFips: true), ("AWS_USE_FIPS_ENDPOINT", "true")).UseFips);
        Assert.True(Complete(new(), new(UseDualStack: true)).UseDualStack);
    }

    [Theory]
    [InlineData("AWS_USE_FIPS_ENDPOINT", "yes")]
    [InlineData("AWS_ENDPOINT_URL_KINESIS", "localhost:4567")]
    [InlineData("AWS_ENDPOINT_URL", "ftp://localhost")]
    public void A_variable_with_an_invalid_value_is_named(string name, string value)
    {
        var failure = Assert.Throws<ConfigurationException>(() => Complete(new(), new(), (name, value)));
        Assert.Contains(name, failure.Message, StringComparison.Ordinal);
        Assert.Contains(value, failure.Message, StringComparison.Ordinal);
    }

    private static EndpointSettings Complete(
        KinesisClientOptions options,
        ProfileSettings profile,
        params (string Name, string Value)[] variables) =>
        EndpointEnvironment.Complete(options, name => variables.FirstOrDefault(variable => variable.Name == name).Value, profile);
}
