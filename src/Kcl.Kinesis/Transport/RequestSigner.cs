using System.Security.Cryptography;
using Amazon;
using Amazon.Runtime;
using Amazon.Runtime.Signing;

namespace Kcl.Kinesis.Transport;

/// <summary>Signs requests (SigV4) through the AWS SDK.</summary>
internal sealed class RequestSigner(CredentialSource credentials, TimeProvider time)
{
    private const string Service = "kinesis";

    // Takes the place of a signature for servers that want one and check none.
    private const string Placeholder = "AWS4-HMAC-SHA256 Credential=local/20000101/us-east-1/kinesis/aws4_request, SignedHeaders=host;x-amz-date;x-amz-target, "
        + "Signature=0000000000000000000000000000000000000000000000000000000000000000";

    // How far the service's clock was seen to be ahead of this machine's, in ticks.
    private long _skew;

    /// <summary>Adds what the service recognises the caller by.</summary>
    /// <param name="request">The request, complete but for this.</param>
    /// <param name="endpoint">Where it goes.</param>
    /// <param name="region">The region it is signed for.</param>
    /// <param name="contentType">The body's media type.</param>
    /// <param name="target">The operation's header.</param>
    /// <param name="body">The body.</param>
    /// <param name="cancellationToken">Abandons waiting for credentials.</param>
    public async ValueTask SignAsync(HttpRequestMessage request, Uri endpoint, string region, string contentType, string target, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().UtcDateTime.AddTicks(Volatile.Read(ref _skew));
        if (!credentials.Signs)
        {
            request.Headers.TryAddWithoutValidation("Authorization", Placeholder);
            request.Headers.TryAddWithoutValidation("X-Amz-Date", now.ToString("yyyyMMdd'T'HHmmss'Z'", null));
            return;
        }

        var toSign = new AWSSigningRequest { HttpMethod = HttpMethod.Post, RequestUri = endpoint };
        toSign.Headers["content-type"] = contentType;
        toSign.Headers["x-amz-target"] = target;
        toSign.Headers["x-amz-content-sha256"] = HexHash(body.Span);
        var parameters = new AWSSigV4Parameters
        {
            Credentials = await credentials.GetAsync(cancellationToken).ConfigureAwait(false),
            Region = RegionEndpoint.GetBySystemName(region),
            Service = Service,
            SignedAt = now,
        };
        var signed = await AWSSigV4Signer.SignAsync(toSign, parameters, cancellationToken).ConfigureAwait(false);
        foreach (var (name, value) in signed.Headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }
    }

    /// <summary>Learns from a refusal, if it was one for the time of the signature or the age of the credentials.</summary>
    /// <param name="errorType">The service's name for the error.</param>
    /// <param name="date">The service's time.</param>
    /// <returns>Whether the next attempt will be signed differently.</returns>
    public bool Learn(string? errorType, DateTimeOffset? date)
    {
        switch (errorType)
        {
            case "ExpiredTokenException" or "ExpiredToken":
                return credentials.TryExpire();
            case "InvalidSignatureException" or "SignatureDoesNotMatch" or "RequestExpired" or "RequestTimeTooSkewed" when date is { } theirs:
                var skew = theirs - time.GetUtcNow();
                var known = TimeSpan.FromTicks(Volatile.Read(ref _skew));
                if ((skew - known).Duration() < ToleratedSkew)
                {
                    return false;
                }

                Volatile.Write(ref _skew, skew.Ticks);
                return true;
            default:
                return false;
        }
    }

    // The service refuses signatures that are off by more than five minutes.
    private static readonly TimeSpan ToleratedSkew = TimeSpan.FromMinutes(4);

    private static string HexHash(ReadOnlySpan<byte> body)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(body, hash);
        return Convert.ToHexStringLower(hash);
    }
}
