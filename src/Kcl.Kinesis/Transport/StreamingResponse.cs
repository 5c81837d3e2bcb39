namespace Kcl.Kinesis.Transport;

/// <summary>A successful response whose body is still to be read. Disposing it closes the stream of the connection.</summary>
/// <param name="Message">The response.</param>
/// <param name="Body">Its body.</param>
/// <param name="Endpoint">Where the call went.</param>
internal sealed record StreamingResponse(HttpResponseMessage Message, Stream Body, Uri Endpoint) : IAsyncDisposable
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
