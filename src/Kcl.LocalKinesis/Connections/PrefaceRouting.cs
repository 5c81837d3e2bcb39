using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Kcl.LocalKinesis.Connections;

/// <summary>HTTP/1.1 and HTTP/2 with prior knowledge on one port: the first bytes of a connection say which it is.</summary>
internal sealed class PrefaceRouting
{
    private ConnectionDelegate? _http2;

    // The head of "PRI * HTTP/2.0": no method of HTTP/1.1 begins like this.
    private static ReadOnlySpan<byte> Preface => "PRI * HTTP/2"u8;

    /// <summary>Sets both endpoints up.</summary>
    /// <param name="kestrel">The server.</param>
    /// <param name="listen">Listens on the real endpoint.</param>
    public static void Configure(KestrelServerOptions kestrel, Action<Action<ListenOptions>> listen)
    {
        var routing = new PrefaceRouting();

        // First, because endpoints are built in order and the real one must find this pipeline complete.
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
        if (await SniffAsync(connection).ConfigureAwait(false) is { } isHttp2)
        {
            await (isHttp2 ? _http2! : http1)(connection).ConfigureAwait(false);
        }
    }

    // Null if the server stops before the connection has said enough.
    private static async Task<bool?> SniffAsync(ConnectionContext connection)
    {
        var input = connection.Transport.Input;
        var stopping = connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? CancellationToken.None;
        using var closing = stopping.Register(static input => ((PipeReader)input!).CancelPendingRead(), input);
        while (true)
        {
            var result = await input.ReadAsync(connection.ConnectionClosed).ConfigureAwait(false);
            var verdict = IsHttp2(result.Buffer);

            // Nothing is consumed; without a verdict everything is marked as seen, so that the next read waits for more.
            var wait = verdict is null && !result.IsCompleted;
            input.AdvanceTo(result.Buffer.Start, wait ? result.Buffer.End : result.Buffer.Start);
            if (result.IsCanceled)
            {
                return null;
            }

            if (!wait)
            {
                return verdict ?? false;
            }
        }
    }

    private static bool? IsHttp2(ReadOnlySequence<byte> received)
    {
        Span<byte> start = stackalloc byte[Preface.Length];
        var length = (int)Math.Min(received.Length, start.Length);
        received.Slice(0, length).CopyTo(start);
        return !start[..length].SequenceEqual(Preface[..length]) ? false : length == start.Length ? true : null;
    }
}
