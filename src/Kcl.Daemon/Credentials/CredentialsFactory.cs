using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;
using Amazon.Runtime.Credentials;

namespace Kcl.Daemon.Credentials;

/// <summary>Creates the credentials that a properties file specifies, with the AWS SDK's class for each kind.</summary>
internal static class CredentialsFactory
{
    /// <summary>Creates the credentials. They are not retrieved before they are used for the first time.</summary>
    /// <param name="specification">The value of <c>AwsCredentialsProvider</c> or a similar key; null for the default chain.</param>
    /// <param name="region">The configured region, for STS.</param>
    /// <returns>The credentials; null for the default chain.</returns>
    public static AWSCredentials? Create(string? specification, string? region)
    {
        if (specification is null
            || !CredentialsSpecification.TryParse(specification, out var chain)
            || chain is [{ Kind: CredentialsKind.Default }])
        {
            return null;
        }

        return new CredentialsChain(
            [.. chain.Select(provider => ($"{provider.Kind}", (Func<AWSCredentials>)(() => Create(provider, region))))]);
    }

    private static AWSCredentials Create(CredentialsProvider provider, string? region) => provider.Kind switch
    {
        CredentialsKind.Default => DefaultAWSCredentialsIdentityResolver.GetCredentials(),
        CredentialsKind.Environment => new EnvironmentVariablesAWSCredentials(),
        CredentialsKind.SystemProperties => throw new AmazonClientException(
            "Java's system properties do not exist in .NET; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY instead."),
        CredentialsKind.Profile => LoadProfile(provider.Arguments is [{ Length: > 0 } name, ..] ? name : GetDefaultProfile()),
        CredentialsKind.WebIdentity => AssumeRoleWithWebIdentityCredentials.FromEnvironmentVariables(),
        CredentialsKind.Container => new GenericContainerCredentials(),
        CredentialsKind.Instance => new InstanceProfileAWSCredentials(),
        CredentialsKind.ContainerOrInstance => new CredentialsChain(
        [
            ("Container", static () => new GenericContainerCredentials()),
            ("Instance", static () => new InstanceProfileAWSCredentials()),
        ]),
        CredentialsKind.Process => new ProcessAWSCredentials(provider.Arguments[0]),
        CredentialsKind.Anonymous => new AnonymousAWSCredentials(),
        _ => RoleArguments.TryParse(provider.Arguments.Skip(2), out var arguments)
            ? new AssumedRole(provider.Arguments[0], provider.Arguments[1], arguments, region)
            : throw new AmazonClientException("The arguments of the role are not valid; see docs/configuration.md for their syntax."),
    };

    private static string GetDefaultProfile() =>
        Environment.GetEnvironmentVariable("AWS_PROFILE") is { Length: > 0 } profile ? profile : "default";

    private static AWSCredentials LoadProfile(string name) =>
        new CredentialProfileStoreChain().TryGetAWSCredentials(name, out var credentials)
        ? credentials
        : throw new AmazonClientException($"There is no profile '{name}' with credentials in ~/.aws/credentials or ~/.aws/config.");
}
