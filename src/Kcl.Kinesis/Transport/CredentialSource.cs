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

    /// <summary>The credentials, valid now; cheap but when they are looked for or refreshed.</summary>
    /// <exception cref="CredentialsMissingException">None were found, or those that were can't be had: a role that can't be assumed, a session that has ended.</exception>
    public async ValueTask<AWSCredentials> GetAsync(CancellationToken cancellationToken)
    {
        try
        {
            // Two callers may both look the first time; they find the same.
            _credentials ??= await DefaultAWSCredentialsIdentityResolver.GetCredentialsAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
            _ = await _credentials.GetCredentialsAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
            return _credentials;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Whatever a source of credentials throws, providers of users among them, it means that there are none.
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
internal sealed class CredentialsMissingException(Exception inner) : Exception(string.Join(' ', inner.Message.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries)), inner);
