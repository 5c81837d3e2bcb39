using Microsoft.AspNetCore.Http;

namespace Kcl.LocalKinesis.Wire;

/// <summary>One request and its answer.</summary>
/// <param name="http">The HTTP side of it.</param>
/// <param name="cbor">Whether both are CBOR, else JSON.</param>
/// <param name="request">What was asked.</param>
/// <param name="buffer">Where the answer is put together.</param>
internal sealed class Exchange(HttpContext http, bool cbor, RequestDocument request, PooledBuffer buffer) : IDisposable
{
    private ResponseWriter? _out;

    public HttpContext Http => http;

    public bool Cbor => cbor;

    /// <summary>The members of the request.</summary>
    public Parameters Parameters { get; } = new(request.Root);

    /// <summary>The bytes of the answer so far.</summary>
    public PooledBuffer Buffer => buffer;

    /// <summary>Writes the answer.</summary>
    public ResponseWriter Out => _out ??= ResponseWriter.Create(buffer, cbor);

    /// <summary>Whether the operation answered by itself, without <see cref="Out"/>.</summary>
    public bool Answered { get; set; }

    /// <summary>Cancelled when the client is gone or the server stops.</summary>
    public CancellationToken Aborted => http.RequestAborted;

    /// <summary>Brings everything written into <see cref="Buffer"/>; an operation that wrote nothing has an empty answer.</summary>
    public void Flush() => _out?.Flush();

    public void Dispose() => _out?.Dispose();
}
