using System.Diagnostics.CodeAnalysis;
using Amazon.Runtime;
using Amazon.Runtime.Credentials;
using Amazon.SecurityToken;
using Amazon.SSO;
using Amazon.SSOOIDC;

namespace Kcl.Kinesis.Transport;

/// <summary>The credentials of one client: those it was given, or what the AWS SDK's chain finds, looked for once and refreshed by themselves.</summary>
internal sealed class CredentialSource
{
    private const DynamicallyAccessedMemberTypes Kept = DynamicallyAccessedMemberTypes.PublicConstructors | DynamicallyAccessedMemberTypes.PublicProperties;
    private AWSCredentials? _credentials;

    // The chain makes these by name, which trimming and native compilation would break: naming them here keeps roles, web identity and SSO working.
    /// <summary>Takes what the options say.</summary>
    [DynamicDependency(Kept, typeof(AmazonSecurityTokenServiceClient))]
    [DynamicDependency(Kept, typeof(AmazonSecurityTokenServiceConfig))]
    [DynamicDependency(Kept, typeof(AmazonSSOClient))]
    [DynamicDependency(Kept, typeof(AmazonSSOConfig))]
    [DynamicDependency(Kept, typeof(AmazonSSOOIDCClient))]
    [DynamicDependency(Kept, typeof(AmazonSSOOIDCConfig))]
    public CredentialSource(KinesisClientOptions options) => (Signs, _credentials) = (options.SignRequests, options.Credentials);

    /// <summary>Whether requests are signed at all.</summary>
    public bool Signs { get; }

    /// <summary>The credentials; cheap but for the first time.</summary>
    /// <exception cref="CredentialsMissingException">None were found.</exception>
    public async ValueTask<AWSCredentials> GetAsync(CancellationToken cancellationToken)
    {
        if (_credentials is { } known)
        {
            return known;
        }

        try
        {
            // Two callers may both look the first time; they find the same.
            var found = await DefaultAWSCredentialsIdentityResolver.GetCredentialsAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
            _credentials = found;
            return found;
        }
        catch (AmazonClientException e)
        {
            throw new CredentialsMissingException(e);
        }
    }

    /// <summary>Has credentials that refresh themselves do so before the next call.</summary>
    /// <returns>Whether they can.</returns>
    public bool TryExpire()
    {
        if (_credentials is not RefreshingAWSCredentials refreshing)
        {
            return false;
        }

        refreshing.ClearCredentials();
        return true;
    }
}

/// <summary>Nobody told who is calling.</summary>
internal sealed class CredentialsMissingException(Exception inner) : Exception(inner.Message, inner);
