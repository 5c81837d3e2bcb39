using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Kcl.LocalKinesis.Connections;

/// <summary>Serves HTTP/1.1 and HTTP/2 with prior knowledge on one port: the first bytes of a connection determine the protocol.</summary>
internal sealed class PrefaceRouting
{
    private ConnectionDelegate? _http2;

    // The start of "PRI * HTTP/2.0" (RFC 9113, 3.4): no request of HTTP/1.1 begins like this.
    private static ReadOnlySpan<byte> Preface => "PRI * HTTP/2"u8;

    /// <summary>Configures both endpoints.</summary>
    /// <param name="kestrel">The options of Kestrel.</param>
    /// <param name="listen">Adds the real endpoint.</param>
    public static void Configure(KestrelServerOptions kestrel, Action<Action<ListenOptions>> listen)
    {
        var routing = new PrefaceRouting();

        // This endpoint is added first, because endpoints are built in order and the real endpoint needs its pipeline.
        kestrel.Listen(new Http2PipelineEndPoint(), endpoint =>
        {
            endpoint.Protocols = HttpProtocols.Http2;
            endpoint.Use(next => routing._http2 = next);
        });
        listen(endpoint =>
        {
            endpoint.Protocols = HttpProtocols.Http1;
            endpoint.Use(next => connection => routing.RouteAsync(connection, next));
        });
    }

    private async Task RouteAsync(ConnectionContext connection, ConnectionDelegate http1)
    {
        if (await DetectHttp2Async(connection).ConfigureAwait(false) is { } isHttp2)
        {
            await (isHttp2 ? _http2! : http1)(connection).ConfigureAwait(false);
        }
    }

    // Returns null if the server stops before it has received enough bytes.
    private static async Task<bool?> DetectHttp2Async(ConnectionContext connection)
    {
        var input = connection.Transport.Input;
        var lifetime = connection.Features.Get<IConnectionLifetimeNotificationFeature>();
        var stopping = lifetime?.ConnectionClosedRequested ?? CancellationToken.None;
        using var closing = stopping.Register(static input => ((PipeReader)input!).CancelPendingRead(), input);
        while (true)
        {
            var result = await input.ReadAsync(connection.ConnectionClosed).ConfigureAwait(false);
            var isHttp2 = IsHttp2(result.Buffer);

            // Nothing is consumed. Without a result everything is marked as examined, so that the next read waits for more bytes.
            var wait = isHttp2 is null && !result.IsCompleted;
            input.AdvanceTo(result.Buffer.Start, wait ? result.Buffer.End : result.Buffer.Start);
            if (result.IsCanceled)
            {
                return null;
            }

            if (!wait)
            {
                return isHttp2 ?? false;
            }
        }
    }

    private static bool? IsHttp2(ReadOnlySequence<byte> received)
    {
        Span<byte> start = stackalloc byte[Preface.Length];
        var length = (int)Math.Min(received.Length, start.Length);
        received.Slice(0, length).CopyTo(start);
        if (!start[..length].SequenceEqual(Preface[..length]))
        {
            return false;
        }

        return length == start.Length ? true : null;
    }
}
