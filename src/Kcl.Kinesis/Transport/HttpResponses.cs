using System.Net;
using System.Net.Http.Headers;
using Kcl.Kinesis.Endpoints;

namespace Kcl.Kinesis.Transport;

/// <summary>Reads the parts that every response of the service has.</summary>
internal static class HttpResponses
{
    /// <summary>Returns the service's id of the request.</summary>
    public static string? GetRequestId(HttpResponseMessage response) => GetHeader(response.Headers, "x-amzn-RequestId");

    /// <summary>Returns whether a response is a success.</summary>
    public static bool IsSuccess(HttpResponseMessage response) => response.StatusCode == HttpStatusCode.OK;

    /// <summary>Reads an error response.</summary>
    /// <param name="response">The response.</param>
    /// <param name="subject">The subject of the call.</param>
    /// <param name="endpoint">The endpoint of the call.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The exception to throw.</returns>
    public static async ValueTask<ServiceErrorException> ReadErrorAsync(
        HttpResponseMessage response, CallSubject subject, ServiceEndpoint endpoint, CancellationToken cancellationToken)
    {
        using var body = await ResponseBodyReader.ReadAsync(response.Content, pooled: false, cancellationToken).ConfigureAwait(false);
        var (bodyType, message) = KinesisErrors.ReadBody(body.Memory, response.Content.Headers.ContentType?.MediaType);
        var type = KinesisErrors.GetBareType(GetHeader(response.Headers, "x-amzn-ErrorType")) ?? KinesisErrors.GetBareType(bodyType);
        var error = new ServiceError(type, message, (int)response.StatusCode, GetRequestId(response));
        return new(KinesisErrors.FromService(subject, endpoint.Region, error), response.Headers.Date);
    }

    private static string? GetHeader(HttpResponseHeaders headers, string name) =>
        headers.NonValidated.TryGetValues(name, out var values) ? values.ToString() : null;
}
