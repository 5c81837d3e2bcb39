using System.Diagnostics.CodeAnalysis;
using Amazon.Runtime;
using Amazon.Runtime.Credentials;
using Amazon.SecurityToken;
using Amazon.SSO;
using Amazon.SSOOIDC;

namespace Kcl.Kinesis.Transport;

/// <summary>
/// The credentials of one client: those of its options, or those that the AWS SDK's chain finds, once. They refresh themselves.
/// </summary>
internal sealed class CredentialSource
{
    private const DynamicallyAccessedMemberTypes Kept =
        DynamicallyAccessedMemberTypes.PublicConstructors | DynamicallyAccessedMemberTypes.PublicProperties;

    private AWSCredentials? _credentials;

    // The chain creates these by name, which trimming and native compilation would break; naming them here keeps roles, web identity and
    // SSO
    // working.
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

    /// <summary>Returns credentials that are valid now. Cheap, except when they are found or refreshed.</summary>
    /// <exception cref="CredentialsMissingException">None were found, a role cannot be assumed, or a session has expired.</exception>
    public async ValueTask<AWSCredentials> GetAsync(CancellationToken cancellationToken)
    {
        try
        {
            // Two callers may both search at first; they find the same.
            _credentials ??= await DefaultAWSCredentialsIdentityResolver.GetCredentialsAsync()
                .WaitAsync(cancellationToken)
                .ConfigureAwait(false);
            _ = await _credentials.GetCredentialsAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
            return _credentials;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Any exception of a source of credentials, including providers written by users, means that there are none.
            throw new CredentialsMissingException(e);
        }
    }

    /// <summary>Makes credentials that refresh themselves do so before the next call.</summary>
    /// <returns>True if the credentials can be refreshed.</returns>
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
