using System.Net;
using Kcl.Kinesis.Diagnostics;
using Kcl.LocalKinesis.Connections;
using Kcl.LocalKinesis.Storage;
using Kcl.LocalKinesis.Streams;
using Kcl.LocalKinesis.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Kcl.LocalKinesis;

/// <summary>
/// A Kinesis-compatible server within this process: any Kinesis client can be pointed at it. It speaks HTTP/1.1 and HTTP/2 (prior knowledge) on one port,
/// JSON and CBOR, and asks nobody for credentials.
/// </summary>
public sealed partial class LocalKinesisServer : IAsyncDisposable
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(1);
    private readonly WebApplication _application;
    private readonly IServerStore _store;
    private readonly CancellationTokenSource _stopping;
    private int _disposed;

    private LocalKinesisServer(WebApplication application, IServerStore store, CancellationTokenSource stopping, Uri endpoint, Uri? tlsEndpoint) =>
        (_application, _store, _stopping, Endpoint, TlsEndpoint) = (application, store, stopping, endpoint, tlsEndpoint);

    /// <summary>Where the server listens, with the port it really has: what a client's endpoint setting takes.</summary>
    public Uri Endpoint { get; }

    /// <summary>Where the server listens with TLS; null if it doesn't.</summary>
    public Uri? TlsEndpoint { get; }

    /// <summary>Starts a server; it takes requests when this returns.</summary>
    /// <param name="options">How it is to run.</param>
    /// <param name="cancellationToken">Abandons the start.</param>
    /// <returns>The running server; disposing it stops it.</returns>
    /// <exception cref="ArgumentException">An option cannot be used; the message names every one.</exception>
    /// <exception cref="InvalidStateException">The port is taken, or the data directory cannot be used.</exception>
    public static async Task<LocalKinesisServer> StartAsync(LocalKinesisOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options = options.Clone();
        options.Validate();
        options.LoggerFactory = QueuedLoggerFactory.Wrap(options.LoggerFactory);
        var logger = options.LoggerFactory.CreateLogger<LocalKinesisServer>();
        var stopping = new CancellationTokenSource();
        var clock = new ServerClock(options.TimeProvider);
        var store = await OpenStoreAsync(options, clock).ConfigureAwait(false);
        WebApplication? application = null;
        try
        {
            var catalog = new StreamCatalog(options, clock, store, stopping.Token);
            await CreateInitialStreamsAsync(catalog).ConfigureAwait(false);
            application = Build(options, new RequestPipeline(new Operations(catalog), options.LoggerFactory.CreateLogger<RequestPipeline>()), out var endpoints);
            await application.StartAsync(cancellationToken).ConfigureAwait(false);
            var (plain, tls) = endpoints();
            var server = new LocalKinesisServer(application, store, stopping, plain, tls);
            Started(logger, server.Endpoint, options.DataDirectory ?? "memory");
            return server;
        }
        catch (Exception fault)
        {
            await DisposeAsync(application, store, stopping).ConfigureAwait(false);
            if (fault is IOException { InnerException: AddressInUseException } or System.Net.Sockets.SocketException)
            {
                throw new InvalidStateException($"The embedded Kinesis server cannot listen on {options.Host}:{options.Port}{(options.TlsPort is { } port ? $" or {options.Host}:{port}" : "")}: {fault.InnerException?.Message ?? fault.Message}. Stop what listens there, or choose another port (0 takes a free one).", fault);
            }

            throw;
        }
    }

    /// <summary>Stops the server: open connections are cut after a second at the latest, what was acknowledged is on disk if there is one.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            await _stopping.CancelAsync().ConfigureAwait(false);
            // Real connections end in real time, whatever clock the streams go by.
            using (var deadline = new CancellationTokenSource(StopTimeout, TimeProvider.System))
            {
                await _application.StopAsync(deadline.Token).ConfigureAwait(false);
            }

            await DisposeAsync(_application, _store, _stopping).ConfigureAwait(false);
        }
    }

    private static async Task DisposeAsync(WebApplication? application, IServerStore store, CancellationTokenSource stopping)
    {
        if (application is not null)
        {
            await application.DisposeAsync().ConfigureAwait(false);
        }

        await store.DisposeAsync().ConfigureAwait(false);
        stopping.Dispose();
    }

    private static async Task<IServerStore> OpenStoreAsync(LocalKinesisOptions options, ServerClock clock) =>
        options.DataDirectory is { } directory ? await SqliteStore.OpenAsync(directory, clock).ConfigureAwait(false) : new MemoryStore();

    private static async Task CreateInitialStreamsAsync(StreamCatalog catalog)
    {
        var now = catalog.Clock.Now;
        foreach (var (name, shards) in catalog.Options.InitialStreams)
        {
            if (!catalog.All(now).Any(stream => stream.Model.Name == name))
            {
                var created = catalog.CreateAsync(name, now, generation => StreamOperations.New(name, generation, now, shards));
                await created.ConfigureAwait(false);
            }
        }
    }

    private static WebApplication Build(LocalKinesisOptions options, RequestPipeline pipeline, out Func<(Uri Plain, Uri? Tls)> endpoints)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "Kcl.LocalKinesis" });
        ListenOptions? plain = null, tls = null;
        builder.WebHost.UseKestrelCore();
        if (options.TlsPort is not null)
        {
            builder.WebHost.UseKestrelHttpsConfiguration();
        }

        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            Configure(kestrel.Limits);
            kestrel.AddServerHeader = false;
            PrefaceRouting.Configure(kestrel, endpoint => Listen(kestrel, options.Host, options.Port, listen =>
            {
                plain = listen;
                endpoint(listen);
            }));
            if (options.TlsPort is { } port)
            {
                Listen(kestrel, options.Host, port, listen =>
                {
                    tls = listen;
                    listen.Protocols = HttpProtocols.Http1AndHttp2;
                    listen.UseHttps(options.TlsCertificate ?? SelfSignedCertificate.Create(options.Host, options.TimeProvider.GetUtcNow()));
                });
            }
        });
        builder.Services.AddSingleton<IConnectionListenerFactory, Http2PipelineListenerFactory>();
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.AddSingleton(options.LoggerFactory);
        var application = builder.Build();
        application.Run(pipeline.HandleAsync);
        endpoints = () => (UriOf("http", options.Host, plain!), tls is null ? null : UriOf("https", options.Host, tls));
        return application;
    }

    private static void Configure(KestrelServerLimits limits)
    {
        limits.MaxRequestBodySize = RequestPipeline.MostBytesDrained;
        limits.MinRequestBodyDataRate = null; // a client may be stopped in a debugger
        limits.MinResponseDataRate = null; // and a subscriber may be as slow as it likes
        limits.MaxResponseBufferSize = 1024 * 1024;
        limits.Http2.MaxStreamsPerConnection = 10_000; // subscriptions stay open, one per shard
        limits.Http2.InitialConnectionWindowSize = 16 * 1024 * 1024;
        limits.Http2.InitialStreamWindowSize = 4 * 1024 * 1024;
    }

    private static void Listen(KestrelServerOptions kestrel, string host, int port, Action<ListenOptions> configure)
    {
        // "localhost" with port 0 is more than Kestrel can promise: two addresses, one free port.
        if (IPAddress.TryParse(host, out var address))
        {
            kestrel.Listen(address, port, configure);
        }
        else
        {
            kestrel.Listen(IPAddress.Loopback, port, configure);
        }
    }

    private static Uri UriOf(string scheme, string host, ListenOptions listen)
    {
        var endpoint = (IPEndPoint)listen.EndPoint;
        var name = endpoint.Address.Equals(IPAddress.Any) ? "127.0.0.1" : endpoint.Address.Equals(IPAddress.IPv6Any) ? "::1" : host;
        return new UriBuilder(scheme, name, endpoint.Port).Uri;
    }

    [LoggerMessage(3000, LogLevel.Information, "The embedded Kinesis server listens on {Endpoint}; records are kept in {Where}", EventName = "ServerStarted")]
    private static partial void Started(ILogger logger, Uri endpoint, string where);
}
