using System.Security.Cryptography;
using Amazon;
using Amazon.Runtime;
using Amazon.Runtime.Signing;

namespace Kcl.Kinesis.Transport;

/// <summary>Signs requests (SigV4) through the AWS SDK.</summary>
internal sealed class RequestSigner(CredentialSource credentials, TimeProvider time)
{
    private const string Service = "kinesis";

    // For servers that require a signature but do not verify it.
    private const string Placeholder = "AWS4-HMAC-SHA256 Credential=local/20000101/us-east-1/kinesis/aws4_request, "
        + "SignedHeaders=host;x-amz-date;x-amz-target, "
        + "Signature=0000000000000000000000000000000000000000000000000000000000000000";

    // The service rejects signatures whose time differs from its own by more than five minutes.
    private static readonly TimeSpan ToleratedSkew = TimeSpan.FromMinutes(4);

    // The difference between the clock of the service and that of this machine, in ticks; positive if the service is ahead.
    private long _skew;

    /// <summary>Adds the headers that authenticate the caller.</summary>
    /// <param name="request">Receives the headers.</param>
    /// <param name="parts">The parts that the signature covers.</param>
    /// <param name="cancellationToken">Cancels the wait for credentials.</param>
    public async ValueTask SignAsync(HttpRequestMessage request, RequestToSign parts, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().UtcDateTime.AddTicks(Volatile.Read(ref _skew));
        if (!credentials.Signs)
        {
            request.Headers.TryAddWithoutValidation("Authorization", Placeholder);
            request.Headers.TryAddWithoutValidation("X-Amz-Date", now.ToString("yyyyMMdd'T'HHmmss'Z'", null));
            return;
        }

        var toSign = new AWSSigningRequest { HttpMethod = HttpMethod.Post, RequestUri = parts.Endpoint.Uri };
        toSign.Headers["content-type"] = parts.ContentType;
        toSign.Headers["x-amz-target"] = parts.Target;
        toSign.Headers["x-amz-content-sha256"] = HexHash(parts.Body.Span);
        var parameters = new AWSSigV4Parameters
        {
            Credentials = await credentials.GetAsync(cancellationToken).ConfigureAwait(false),
            Region = RegionEndpoint.GetBySystemName(parts.Endpoint.Region),
            Service = Service,
            SignedAt = now,
        };
        var signed = await AWSSigV4Signer.SignAsync(toSign, parameters, cancellationToken).ConfigureAwait(false);
        foreach (var (name, value) in signed.Headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }
    }

    /// <summary>Adjusts later signatures after an error about the time of a signature or about expired credentials.</summary>
    /// <param name="errorType">The service's name for the error.</param>
    /// <param name="date">The service's time.</param>
    /// <returns>True if the next attempt will be signed differently; otherwise, false.</returns>
    public bool TryAdjust(string? errorType, DateTimeOffset? date)
    {
        switch (errorType)
        {
            case "ExpiredTokenException" or "ExpiredToken":
                return credentials.TryExpire();
            case "InvalidSignatureException" or "SignatureDoesNotMatch" or "RequestExpired" or "RequestTimeTooSkewed"
                when date is { } theirs:
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

    private static string HexHash(ReadOnlySpan<byte> body)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(body, hash);
        return Convert.ToHexStringLower(hash);
    }
}
