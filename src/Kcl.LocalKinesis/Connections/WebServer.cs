using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Kcl.LocalKinesis.Connections;

/// <summary>Kestrel with the endpoints of the options, and one handler for all requests.</summary>
internal sealed class WebServer : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly LocalKinesisOptions _options;
    private ListenOptions? _plain;
    private ListenOptions? _tls;

    /// <summary>Creates a server.</summary>
    /// <param name="options">The options.</param>
    /// <param name="handler">Handles requests.</param>
    /// <param name="maxBodyBytes">The maximum size of a request's body, in bytes.</param>
    public WebServer(LocalKinesisOptions options, RequestDelegate handler, long maxBodyBytes)
    {
        _options = options;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "Kcl.LocalKinesis" });
        builder.WebHost.UseKestrelCore();
        if (options.TlsPort is not null)
        {
            builder.WebHost.UseKestrelHttpsConfiguration();
        }

        builder.WebHost.ConfigureKestrel(kestrel => Configure(kestrel, maxBodyBytes));
        builder.Services.AddSingleton<IConnectionListenerFactory, Http2PipelineListenerFactory>();
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.AddSingleton<ILoggerFactory>(new WebLoggerFactory(options.LoggerFactory));
        _application = builder.Build();
        _application.Run(handler);
    }

    /// <summary>Gets the URL, with the port that is used. Valid after <see cref="StartAsync"/>.</summary>
    public Uri Endpoint => GetUrl("http", _plain!);

    /// <summary>Gets the URL with TLS; null if TLS is off. Valid after <see cref="StartAsync"/>.</summary>
    public Uri? TlsEndpoint => _tls is null ? null : GetUrl("https", _tls);

    /// <summary>Starts to listen.</summary>
    public Task StartAsync(CancellationToken cancellationToken) => _application.StartAsync(cancellationToken);

    /// <summary>Stops listening, and closes open connections when the token is canceled.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => _application.StopAsync(cancellationToken);

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private void Configure(KestrelServerOptions kestrel, long maxBodyBytes)
    {
        SetLimits(kestrel.Limits, maxBodyBytes);
        kestrel.AddServerHeader = false;
        PrefaceRouting.Configure(kestrel, configure => Listen(kestrel, _options.Port, listen =>
        {
            _plain = listen;
            configure(listen);
        }));
        if (_options.TlsPort is { } port)
        {
            Listen(kestrel, port, listen =>
            {
                _tls = listen;
                listen.Protocols = HttpProtocols.Http1AndHttp2;
                var certificate = _options.TlsCertificate
                    ?? SelfSignedCertificate.Create(_options.Host, _options.TimeProvider.GetUtcNow());
                listen.UseHttps(certificate);
            });
        }
    }

    private static void SetLimits(KestrelServerLimits limits, long maxBodyBytes)
    {
        limits.MaxRequestBodySize = maxBodyBytes;

        // A client may be stopped in a debugger, and a subscriber may be slow.
        limits.MinRequestBodyDataRate = null;
        limits.MinResponseDataRate = null;
        limits.MaxResponseBufferSize = 1024 * 1024;

        // Subscriptions stay open, one per shard.
        limits.Http2.MaxStreamsPerConnection = 10_000;
        limits.Http2.InitialConnectionWindowSize = 16 * 1024 * 1024;
        limits.Http2.InitialStreamWindowSize = 4 * 1024 * 1024;
    }

    private void Listen(KestrelServerOptions kestrel, int port, Action<ListenOptions> configure)
    {
        // Kestrel does not support "localhost" with port 0: it means two addresses, which need the same free port.
        var address = IPAddress.TryParse(_options.Host, out var parsed) ? parsed : IPAddress.Loopback;
        kestrel.Listen(address, port, configure);
    }

    private Uri GetUrl(string scheme, ListenOptions listen)
    {
        var endpoint = (IPEndPoint)listen.EndPoint;
        var host = endpoint.Address switch
        {
            var address when address.Equals(IPAddress.Any) => "127.0.0.1",
            var address when address.Equals(IPAddress.IPv6Any) => "::1",
            _ => _options.Host,
        };
        return new UriBuilder(scheme, host, endpoint.Port).Uri;
    }
}
