using Amazon;
using Amazon.Runtime;
using Amazon.SecurityToken;
using Amazon.SecurityToken.Model;

namespace Kcl.Daemon.Credentials;

/// <summary>Credentials of an assumed role, renewed before they expire.</summary>
/// <remarks>
/// <c>AssumeRoleAWSCredentials</c> of the AWS SDK creates its STS client by reflection, which ahead-of-time compilation does not support.
/// </remarks>
internal sealed class AssumedRole : RefreshingAWSCredentials
{
    private readonly string _role;
    private readonly string _session;
    private readonly RoleArguments _arguments;
    private readonly Lazy<AmazonSecurityTokenServiceClient> _client;

    /// <param name="role">The role's ARN.</param>
    /// <param name="session">The session's name, for the service's logs.</param>
    /// <param name="arguments">The optional arguments of the role.</param>
    /// <param name="region">The region of STS if the arguments do not specify one.</param>
    /// <param name="source">The credentials with which the role is assumed; null for the default chain.</param>
    public AssumedRole(string role, string session, RoleArguments arguments, string? region, AWSCredentials? source = null)
    {
        _role = role;
        _session = session;
        _arguments = arguments;
        _client = new(() => source is null
            ? new AmazonSecurityTokenServiceClient(CreateConfiguration(arguments, region))
            : new AmazonSecurityTokenServiceClient(source, CreateConfiguration(arguments, region)));
        PreemptExpiryTime = TimeSpan.FromMinutes(5);
    }

    /// <summary>Creates the configuration of the STS client.</summary>
    /// <param name="arguments">The optional arguments of the role.</param>
    /// <param name="region">The region if the arguments do not specify one.</param>
    internal static AmazonSecurityTokenServiceConfig CreateConfiguration(RoleArguments arguments, string? region)
    {
        var config = new AmazonSecurityTokenServiceConfig();
        if (arguments.Endpoint is { } endpoint)
        {
            config.ServiceURL = endpoint.ToString();
            config.AuthenticationRegion = arguments.Region;
        }
        else if ((arguments.Region ?? region) is { } name)
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
        var request = new AssumeRoleRequest { RoleArn = _role, RoleSessionName = _session, ExternalId = _arguments.ExternalId };
        var response = await _client.Value.AssumeRoleAsync(request).ConfigureAwait(false);
        var credentials = response.Credentials;
        return new(
            new(credentials.AccessKeyId, credentials.SecretAccessKey, credentials.SessionToken),
            credentials.Expiration!.Value.ToUniversalTime());
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
