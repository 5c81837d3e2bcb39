using System.Diagnostics.CodeAnalysis;
using Amazon.Runtime;
using Amazon.Runtime.Credentials;
using Amazon.SecurityToken;
using Amazon.SSO;
using Amazon.SSOOIDC;

namespace Kcl.Kinesis.Transport;

/// <summary>
/// The credentials of one client: those of its options, or those that the chain of the AWS SDK finds, which is searched once. Temporary
/// credentials are refreshed automatically.
/// </summary>
internal sealed class CredentialSource
{
    private const DynamicallyAccessedMemberTypes Kept =
        DynamicallyAccessedMemberTypes.PublicConstructors | DynamicallyAccessedMemberTypes.PublicProperties;

    private AWSCredentials? _credentials;

    // The chain creates these types by name. Without these attributes, trimming and native compilation would remove them, and roles, web
    // identity and SSO would not work.
    /// <summary>Creates the source.</summary>
    [DynamicDependency(Kept, typeof(AmazonSecurityTokenServiceClient))]
    [DynamicDependency(Kept, typeof(AmazonSecurityTokenServiceConfig))]
    [DynamicDependency(Kept, typeof(AmazonSSOClient))]
    [DynamicDependency(Kept, typeof(AmazonSSOConfig))]
    [DynamicDependency(Kept, typeof(AmazonSSOOIDCClient))]
    [DynamicDependency(Kept, typeof(AmazonSSOOIDCConfig))]
    public CredentialSource(KinesisClientOptions options)
    {
        Signs = options.SignRequests;
        _credentials = options.Credentials;
    }

    /// <summary>Gets a value indicating whether requests are signed.</summary>
    public bool Signs { get; }

    /// <summary>Returns valid credentials. This takes time only if they must be found or refreshed.</summary>
    /// <exception cref="CredentialsMissingException">None were found, a role cannot be assumed, or a session has expired.</exception>
    public async ValueTask<AWSCredentials> GetAsync(CancellationToken cancellationToken)
    {
        try
        {
            // Two callers may search at the same time at first; both find the same credentials.
            _credentials ??= await DefaultAWSCredentialsIdentityResolver.GetCredentialsAsync()
                .WaitAsync(cancellationToken)
                .ConfigureAwait(false);
            _ = await _credentials.GetCredentialsAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
            return _credentials;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Any exception of a source of credentials, including providers of users, means that there are no credentials.
            throw new CredentialsMissingException(e);
        }
    }

    /// <summary>Causes temporary credentials to be refreshed before the next attempt.</summary>
    /// <returns>True if the credentials can be refreshed; otherwise, false.</returns>
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
