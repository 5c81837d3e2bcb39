using System.Net;
using System.Net.Http.Headers;

namespace Kcl.Kinesis.Transport;

/// <summary>What is looked for in every answer.</summary>
internal static class Answers
{
    /// <summary>The service's id of the request.</summary>
    public static string? RequestId(HttpResponseMessage response) => Header(response.Headers, "x-amzn-RequestId");

    /// <summary>Reads a refusal.</summary>
    /// <param name="response">An answer that is not a success.</param>
    /// <param name="subject">What was asked.</param>
    /// <param name="endpoint">Who was asked.</param>
    /// <param name="cancellationToken">Abandons the reading.</param>
    /// <returns>What to throw.</returns>
    public static async ValueTask<ServiceErrorException> RefusalAsync(HttpResponseMessage response, CallSubject subject, Uri endpoint, CancellationToken cancellationToken)
    {
        using var body = await ResponseBody.ReadAsync(response.Content, pooled: false, cancellationToken).ConfigureAwait(false);
        var mediaType = response.Content.Headers.ContentType?.MediaType;
        var failure = KinesisErrors.FromAnswer(subject, endpoint, (int)response.StatusCode, Header(response.Headers, "x-amzn-ErrorType"), RequestId(response), body.Memory, mediaType);
        return new(failure, response.Headers.Date);
    }

    /// <summary>Whether an answer is a success.</summary>
    public static bool IsSuccess(HttpResponseMessage response) => response.StatusCode == HttpStatusCode.OK;

    private static string? Header(HttpResponseHeaders headers, string name) => headers.NonValidated.TryGetValues(name, out var values) ? values.ToString() : null;
}
