using Kcl.Kinesis.Endpoints;

namespace Kcl.Unit.Tests.Kinesis.Endpoints;

public class LocalEndpointPolicyTests
{
    /// <summary>
    /// Compares the policy with the four rules that it replaced. They needed no credentials for: A (daemon) plain HTTP to loopback without
    /// a key; B (daemon, overrode A) loopback without a key or a profile; C (commands) loopback; D (DynamoDB client) loopback, or plain
    /// HTTP outside AWS, without a key or a profile.
    /// </summary>
    public static TheoryData<string?, string?, string, bool> Decisions() => new()
    {
        // endpoint, source of the credentials, rules A B C D (+ needs credentials, - does not), the policy needs credentials
        { null, null, "++++", true },
        { null, "AWS_ACCESS_KEY_ID", "++++", true },
        { "https://kinesis.eu-central-1.amazonaws.com", null, "++++", true },
        { "http://kinesis.eu-central-1.amazonaws.com", null, "++++", true },
        { "https://kinesis.example.org", null, "++++", true },
        { "https://kinesis:4567", null, "++++", true },
        { "http://127.0.0.1:4567", null, "----", false },
        { "http://localhost:4567", null, "----", false },
        { "http://[::1]:4567", null, "----", false },
        { "https://127.0.0.1:4567", null, "+---", false },
        { "https://localhost:4567", null, "+---", false },

        // Only D needed no credentials for such hosts. A name without a domain is never AWS; the others may be.
        { "http://kinesis:4567", null, "+++-", false },
        { "http://host.docker.internal:4567", null, "+++-", false },
        { "http://kinesis.localhost:4567", null, "+++-", false },
        { "http://kinesis.example.org", null, "+++-", true },
        { "http://10.0.0.7:4567", null, "+++-", true },

        // C ignored all credentials, and A ignored a profile.
        { "http://127.0.0.1:4567", "options", "++-+", true },
        { "https://127.0.0.1:4567", "options", "++-+", true },
        { "http://127.0.0.1:4567", "AWS_ACCESS_KEY_ID", "++-+", true },
        { "https://127.0.0.1:4567", "AWS_ACCESS_KEY_ID", "++-+", true },
        { "http://127.0.0.1:4567", "AWS_PROFILE", "-+-+", true },
        { "https://127.0.0.1:4567", "AWS_PROFILE", "++-+", true },
        { "http://kinesis:4567", "AWS_PROFILE", "++++", true },

        // No rule knew the variables in which a container platform provides credentials.
        { "http://127.0.0.1:4567", "AWS_WEB_IDENTITY_TOKEN_FILE", "----", true },
        { "http://127.0.0.1:4567", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "----", true },
        { "http://127.0.0.1:4567", "AWS_CONTAINER_CREDENTIALS_FULL_URI", "----", true },
    };

    [Theory]
    [MemberData(nameof(Decisions))]
    public void Credentials_are_needed_unless_the_endpoint_is_local_and_none_are_given(
        string? endpoint,
        string? given,
        string before,
        bool needed)
    {
        var uri = endpoint is null ? null : new Uri(endpoint);

        Assert.Equal(needed, LocalEndpointPolicy.NeedsCredentials(uri, given == "options", name => name == given ? "set" : null));
        Assert.Equal(4, before.Length);
        if (before == "++++")
        {
            Assert.True(needed);
        }
    }

    [Fact]
    public void An_empty_variable_gives_no_credentials() =>
        Assert.False(LocalEndpointPolicy.NeedsCredentials(new("http://127.0.0.1:4567"), false, _ => ""));
}
