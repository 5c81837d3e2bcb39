using Amazon.Runtime;
using Kcl.Daemon.Credentials;

namespace Kcl.Unit.Tests.Daemon;

public sealed class CredentialsTests
{
    [Theory]
    [InlineData("DefaultCredentialsProvider", "Default")]
    [InlineData("DefaultCredentialsProvider|surplus", "Default")]
    [InlineData("software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider", "Default")]
    [InlineData("com.amazonaws.auth.DefaultAWSCredentialsProviderChain", "Default")]
    [InlineData(" EnvironmentVariableCredentialsProvider , InstanceProfileCredentialsProvider ,", "Environment,Instance")]
    [InlineData("ProfileCredentialsProvider|dev", "Profile")]
    [InlineData("com.amazonaws.auth.profile.ProfileCredentialsProvider", "Profile")]
    [InlineData("ProcessCredentialsProvider|/usr/bin/creds --json", "Process")]
    [InlineData("WebIdentityTokenFileCredentialsProvider", "WebIdentity")]
    [InlineData("ContainerCredentialsProvider", "Container")]
    [InlineData("EC2ContainerCredentialsProviderWrapper", "ContainerOrInstance")]
    [InlineData("StsAssumeRoleCredentialsProvider|arn:aws:iam::1:role/r|s", "AssumeRole")]
    [InlineData("software.amazon.awssdk.services.sts.auth.StsAssumeRoleCredentialsProvider|arn|s|endpointRegion=eu-west-1", "AssumeRole")]
    [InlineData(
        "software.amazon.kinesis.multilang.auth.KclStsAssumeRoleCredentialsProvider|arn|s|externalId=a=b|endpoint=sts.example^eu-west-1",
        "AssumeRole")]
    [InlineData("STSAssumeRoleSessionCredentialsProvider|arn|s", "AssumeRole")]
    public void Chains_of_providers_are_resolved(string text, string kinds)
    {
        Assert.True(CredentialsSpecification.TryParse(text, out var chain));
        Assert.Equal(kinds, string.Join(",", chain.Select(p => p.Kind)));
    }

    [Theory]
    [InlineData(",")]
    [InlineData("NoSuchProvider")]
    [InlineData("com.example.DefaultCredentialsProvider")]
    [InlineData("defaultcredentialsprovider")]
    [InlineData("ProcessCredentialsProvider")]
    [InlineData("StsAssumeRoleCredentialsProvider|arn")]
    [InlineData("StsAssumeRoleCredentialsProvider|arn|s|endpoint=x^y^z")]
    [InlineData("StsAssumeRoleCredentialsProvider|arn|s|colour=blue")]
    [InlineData("StsAssumeRoleCredentialsProvider|arn|s|externalId")]
    public void No_chains(string text) => Assert.False(CredentialsSpecification.TryParse(text, out _));

    [Fact]
    public void The_last_of_each_nested_argument_wins()
    {
        Assert.True(RoleArguments.TryParse(["endpointRegion=a", "endpointRegion=eu-west-1", "externalId=a=b"], out var options));
        Assert.Equal(new("eu-west-1", null, "a=b"), options);
        Assert.True(RoleArguments.TryParse(["endpoint=sts.example:8443^eu-west-1"], out options));
        Assert.Equal(new("eu-west-1", new Uri("https://sts.example:8443"), null), options);
    }

    [Fact]
    public void The_configured_endpoint_of_STS_is_used()
    {
        var region = AssumedRole.CreateConfiguration(new("eu-west-1", null, null), "us-east-1");
        Assert.Equal("eu-west-1", region.RegionEndpoint.SystemName);
        var endpoint = AssumedRole.CreateConfiguration(new("eu-west-1", new("https://sts.example"), null), "us-east-1");
        Assert.Equal(("https://sts.example/", "eu-west-1"), (endpoint.ServiceURL, endpoint.AuthenticationRegion));
        Assert.Equal("us-east-1", AssumedRole.CreateConfiguration(new(null, null, null), "us-east-1").RegionEndpoint.SystemName);
    }

    [Fact]
    public async Task The_first_provider_that_has_credentials_is_asked_again_first()
    {
        var asked = new List<string>();
        var fails = true;
        var chain = new CredentialsChain([("a", () => Failing("a")), ("b", () => new Scripted(() => Answer("b")))]);

        Assert.Equal("b", (await chain.GetCredentialsAsync()).AccessKey);
        Assert.Equal("b", (await chain.GetCredentialsAsync()).AccessKey);
        Assert.Equal(["a", "b", "b"], asked);
        fails = false;

        AWSCredentials Failing(string name) => new Scripted(() => fails ? throw new AmazonClientException(Note(name)) : Answer(name));

        string Note(string name)
        {
            asked.Add(name);
            return name;
        }

        ImmutableCredentials Answer(string name) => new(Note(name), "secret", null);
    }

    [Fact]
    public async Task Without_any_every_provider_says_why()
    {
        var chain = new CredentialsChain([
            ("a", () => throw new AmazonClientException("no a")),
            ("b", () => throw new InvalidOperationException("no b")),
        ]);
        var message = (await Assert.ThrowsAsync<AmazonClientException>(chain.GetCredentialsAsync)).Message;

        Assert.Equal("None of the configured credentials providers has credentials. a: no a b: no b", message);
    }

    [Fact]
    public void The_default_alone_is_left_to_the_clients()
    {
        Assert.Null(CredentialsFactory.Create(null, null));
        Assert.Null(CredentialsFactory.Create("DefaultCredentialsProvider", null));
        Assert.NotNull(CredentialsFactory.Create("EnvironmentVariableCredentialsProvider,DefaultCredentialsProvider", null));
    }

    private sealed class Scripted(Func<ImmutableCredentials> get) : AWSCredentials
    {
        public override ImmutableCredentials GetCredentials() => get();

        public override Task<ImmutableCredentials> GetCredentialsAsync() => Task.FromResult(get());
    }
}
