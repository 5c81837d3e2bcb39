using Amazon;
using Amazon.Runtime;
using Amazon.SecurityToken;
using Amazon.SecurityToken.Model;

namespace Kcl.Daemon.Credentials;

/// <summary>Credentials of a role, assumed with the default chain's and renewed before they expire.</summary>
/// <remarks>The SDK's own class finds its STS client by reflection, which ahead-of-time compilation does not allow.</remarks>
internal sealed class AssumedRole : RefreshingAWSCredentials
{
    private readonly string _role;
    private readonly string _session;
    private readonly RoleOptions _options;
    private readonly Lazy<AmazonSecurityTokenServiceClient> _client;

    /// <param name="role">The role's ARN.</param>
    /// <param name="session">The session's name, for the service's logs.</param>
    /// <param name="options">The nested arguments.</param>
    /// <param name="region">The region of STS where they name none.</param>
    /// <param name="source">Who assumes the role; null for the default chain.</param>
    public AssumedRole(string role, string session, RoleOptions options, string? region, AWSCredentials? source = null)
    {
        (_role, _session, _options) = (role, session, options);
        _client = new(() => source is null ? new AmazonSecurityTokenServiceClient(Configuration(options, region)) : new AmazonSecurityTokenServiceClient(source, Configuration(options, region)));
        PreemptExpiryTime = TimeSpan.FromMinutes(5);
    }

    /// <summary>How STS is reached.</summary>
    internal static AmazonSecurityTokenServiceConfig Configuration(RoleOptions options, string? region)
    {
        var config = new AmazonSecurityTokenServiceConfig();
        if (options.Endpoint is { } endpoint)
        {
            (config.ServiceURL, config.AuthenticationRegion) = (endpoint.ToString(), options.Region);
        }
        else if ((options.Region ?? region) is { } name)
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(name);
        }

        return config;
    }

    /// <inheritdoc />
    protected override CredentialsRefreshState GenerateNewCredentials() => GenerateNewCredentialsAsync().GetAwaiter().GetResult();

    /// <inheritdoc />
    protected override async Task<CredentialsRefreshState> GenerateNewCredentialsAsync()
    {
        var request = new AssumeRoleRequest { RoleArn = _role, RoleSessionName = _session, ExternalId = _options.ExternalId };
        var response = await _client.Value.AssumeRoleAsync(request).ConfigureAwait(false);
        var credentials = response.Credentials;
        return new(new(credentials.AccessKeyId, credentials.SecretAccessKey, credentials.SessionToken), credentials.Expiration!.Value.ToUniversalTime());
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        if (disposing && _client.IsValueCreated)
        {
            _client.Value.Dispose();
        }

        base.Dispose(disposing);
    }
}
