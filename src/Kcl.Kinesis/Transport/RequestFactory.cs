using System.Net;
using System.Net.Http.Headers;
using Kcl.Kinesis.Wire;

namespace Kcl.Kinesis.Transport;

/// <summary>Makes signed HTTP requests.</summary>
internal sealed class RequestFactory(RequestSigner signer, string userAgent)
{
    private static readonly MediaTypeHeaderValue Cbor = new(WireFormats.CborContentType);
    private static readonly MediaTypeHeaderValue Json = new(WireFormats.JsonContentType);

    /// <summary>Makes a request.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="endpoint">Where it goes.</param>
    /// <param name="body">The body.</param>
    /// <param name="format">How the body is written.</param>
    /// <param name="version">The version of HTTP, which is not negotiable.</param>
    /// <param name="cancellationToken">Abandons waiting for credentials.</param>
    public async ValueTask<HttpRequestMessage> MakeAsync(
        KinesisOperation operation, ServiceEndpoint endpoint, ReadOnlyMemory<byte> body, WireFormat format, Version version, CancellationToken cancellationToken)
    {
        var target = OperationInfo.Target(operation);
        var contentType = format == WireFormat.Json ? Json : Cbor;
        var content = new ReadOnlyMemoryContent(body);
        content.Headers.ContentType = contentType;
        var request = new HttpRequestMessage(HttpMethod.Post, endpoint.Uri) { Content = content, Version = version, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        request.Headers.TryAddWithoutValidation("X-Amz-Target", target);
        request.Headers.TryAddWithoutValidation("User-Agent", userAgent);
        await signer.SignAsync(request, endpoint.Uri, endpoint.Region, contentType.MediaType!, target, body, cancellationToken).ConfigureAwait(false);
        return request;
    }
}
