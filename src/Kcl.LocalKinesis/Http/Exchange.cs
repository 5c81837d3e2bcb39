using Microsoft.AspNetCore.Http;

namespace Kcl.LocalKinesis.Http;

/// <summary>One request and its response.</summary>
/// <param name="http">The HTTP context.</param>
/// <param name="isCbor">True if request and response are CBOR; false if they are JSON.</param>
/// <param name="request">The request's body.</param>
/// <param name="buffer">The buffer in which the response is built.</param>
internal sealed class Exchange(HttpContext http, bool isCbor, RequestDocument request, PooledBuffer buffer) : IDisposable
{
    private ResponseWriter? _response;

    public HttpContext Http => http;

    public bool IsCbor => isCbor;

    /// <summary>Gets the body of the request.</summary>
    public RequestValue Request => request.Root;

    /// <summary>Gets the reader of the members of the request.</summary>
    public Parameters Parameters { get; } = new(request.Root);

    /// <summary>Gets the bytes of the response written so far.</summary>
    public PooledBuffer Buffer => buffer;

    /// <summary>Gets the writer of the response.</summary>
    public ResponseWriter Response => _response ??= ResponseWriter.Create(buffer, isCbor);

    /// <summary>Gets or sets a value indicating whether the operation itself sent the response. The pipeline then sends nothing.</summary>
    public bool IsResponseSent { get; set; }

    /// <summary>Gets a token that is canceled when the client disconnects or the server stops.</summary>
    public CancellationToken Aborted => http.RequestAborted;

    /// <summary>
    /// Moves everything that was written into <see cref="Buffer"/>. If an operation wrote nothing, the response is empty.
    /// </summary>
    public void Flush() => _response?.Flush();

    public void Dispose() => _response?.Dispose();
}
