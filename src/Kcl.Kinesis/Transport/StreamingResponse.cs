namespace Kcl.Kinesis.Transport;

/// <summary>A successful response whose body has not been read yet. Disposing it closes the HTTP/2 stream.</summary>
/// <param name="Message">The response.</param>
/// <param name="Body">Its body.</param>
/// <param name="Endpoint">The endpoint of the call.</param>
/// <param name="Region">The region of the call.</param>
internal sealed record StreamingResponse(HttpResponseMessage Message, Stream Body, Uri Endpoint, string Region) : IAsyncDisposable
{
    /// <summary>Gets the HTTP status.</summary>
    public int Status => (int)Message.StatusCode;

    /// <summary>Gets the service's id of the request.</summary>
    public string? RequestId => HttpResponses.GetRequestId(Message);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await Body.DisposeAsync().ConfigureAwait(false);
        Message.Dispose();
    }
}
