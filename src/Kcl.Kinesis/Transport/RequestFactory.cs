using System.Net;
using System.Net.Http.Headers;
using Kcl.Kinesis.Endpoints;
using Kcl.Kinesis.Formats;

namespace Kcl.Kinesis.Transport;

/// <summary>Creates signed HTTP requests.</summary>
internal sealed class RequestFactory(RequestSigner signer, string userAgent)
{
    private static readonly string[] Targets = [.. Enum.GetNames<KinesisOperation>().Select(name => $"Kinesis_20131202.{name}")];
    private static readonly MediaTypeHeaderValue Cbor = new(WireFormats.CborContentType);
    private static readonly MediaTypeHeaderValue Json = new(WireFormats.JsonContentType);

    /// <summary>Creates a request.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="endpoint">The endpoint of the call.</param>
    /// <param name="body">The body.</param>
    /// <param name="format">The format of the body.</param>
    /// <param name="version">The version of HTTP, which is not negotiable.</param>
    /// <param name="cancellationToken">Cancels the wait for credentials.</param>
    public async ValueTask<HttpRequestMessage> CreateAsync(
        KinesisOperation operation,
        ServiceEndpoint endpoint,
        ReadOnlyMemory<byte> body,
        WireFormat format,
        Version version,
        CancellationToken cancellationToken)
    {
        var target = Targets[(int)operation];
        var contentType = format == WireFormat.Json ? Json : Cbor;
        var content = new ReadOnlyMemoryContent(body);
        content.Headers.ContentType = contentType;
        var request = new HttpRequestMessage(HttpMethod.Post, endpoint.Uri)
        {
            Content = content,
            Version = version,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.TryAddWithoutValidation("X-Amz-Target", target);
        request.Headers.TryAddWithoutValidation("User-Agent", userAgent);
        await signer.SignAsync(request, new(endpoint, contentType.MediaType!, target, body), cancellationToken).ConfigureAwait(false);
        return request;
    }
}
