using System.Net.Sockets;
using Kcl.Kinesis.Diagnostics;
using Kcl.LocalKinesis.Connections;
using Kcl.LocalKinesis.Http;
using Kcl.LocalKinesis.Model;
using Kcl.LocalKinesis.Storage;
using Kcl.LocalKinesis.Tokens;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Kcl.LocalKinesis;

/// <summary>
/// A Kinesis-compatible server within this process, for any Kinesis client. It supports HTTP/1.1 and HTTP/2 (prior knowledge) on one port,
/// supports JSON and CBOR, and does not check credentials.
/// </summary>
public sealed partial class LocalKinesisServer : IAsyncDisposable
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(1);
    private readonly WebServer _web;
    private readonly IServerStore _store;
    private readonly CancellationTokenSource _stopping;
    private int _disposed;

    private LocalKinesisServer(WebServer web, IServerStore store, CancellationTokenSource stopping)
    {
        _web = web;
        _store = store;
        _stopping = stopping;
        Endpoint = web.Endpoint;
        TlsEndpoint = web.TlsEndpoint;
    }

    /// <summary>Gets the URL of the server, with the port that it uses. Set it as the endpoint of a client.</summary>
    public Uri Endpoint { get; }

    /// <summary>Gets the URL of the server with TLS; null if TLS is off.</summary>
    public Uri? TlsEndpoint { get; }

    /// <summary>Starts a server. It accepts requests when this method returns.</summary>
    /// <param name="options">The options. Later changes to them have no effect.</param>
    /// <param name="cancellationToken">Cancels the startup.</param>
    /// <returns>The running server; dispose it to stop it.</returns>
    /// <exception cref="ConfigurationException">The options are not valid. The message lists every problem.</exception>
    /// <exception cref="InvalidStateException">The port is in use, or the data directory cannot be used.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled.</exception>
    public static async Task<LocalKinesisServer> StartAsync(LocalKinesisOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options = options.Freeze();
        options.LoggerFactory = QueuedLoggerFactory.Wrap(options.LoggerFactory);
        var logger = options.LoggerFactory.CreateLogger<LocalKinesisServer>();
        var stopping = new CancellationTokenSource();
        var clock = new ServerClock(options.TimeProvider);
        var store = await OpenStoreAsync(options, clock).ConfigureAwait(false);
        WebServer? web = null;
        try
        {
            var context = new ServerContext(options, clock, new TokenSigner(store.SigningKey), stopping.Token);
            var catalog = new StreamCatalog(context, store);
            await CreateInitialStreamsAsync(context, catalog).ConfigureAwait(false);
            var operations = Operations.Create(context, catalog);
            var pipeline = new RequestPipeline(operations, options.LoggerFactory.CreateLogger<RequestPipeline>());
            web = new WebServer(options, pipeline.HandleAsync, RequestPipeline.MaxDrainedBytes);
            await web.StartAsync(cancellationToken).ConfigureAwait(false);
            var server = new LocalKinesisServer(web, store, stopping);
            LogStarted(logger, server.Endpoint, options.DataDirectory ?? "memory");
            return server;
        }
        catch (Exception fault)
        {
            await DisposeAsync(web, store, stopping).ConfigureAwait(false);
            if (fault is IOException { InnerException: AddressInUseException } or SocketException)
            {
                throw CannotListen(options, fault);
            }

            throw;
        }
    }

    /// <summary>
    /// Stops the server. Open connections are closed after at most a second. Acknowledged writes are in the data directory, if one is set.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            await _stopping.CancelAsync().ConfigureAwait(false);

            // Connections close in real time, independently of the clock of the streams.
            using (var deadline = new CancellationTokenSource(StopTimeout, TimeProvider.System))
            {
                await _web.StopAsync(deadline.Token).ConfigureAwait(false);
            }

            await DisposeAsync(_web, _store, _stopping).ConfigureAwait(false);
        }
    }

    private static async Task DisposeAsync(WebServer? web, IServerStore store, CancellationTokenSource stopping)
    {
        if (web is not null)
        {
            await web.DisposeAsync().ConfigureAwait(false);
        }

        await store.DisposeAsync().ConfigureAwait(false);
        stopping.Dispose();
    }

    private static async Task<IServerStore> OpenStoreAsync(LocalKinesisOptions options, ServerClock clock) =>
        options.DataDirectory is { } directory ? await SqliteStore.OpenAsync(directory, clock).ConfigureAwait(false) : new MemoryStore();

    private static async Task CreateInitialStreamsAsync(ServerContext context, StreamCatalog catalog)
    {
        var now = context.Clock.Now;
        foreach (var (name, shards) in context.Options.InitialStreams)
        {
            if (!catalog.GetAll(now).Any(stream => stream.Name == name))
            {
                var created = catalog.CreateAsync(name, now, generation => StreamModel.Create(name, generation, now, shards));
                await created.ConfigureAwait(false);
            }
        }
    }

    private static InvalidStateException CannotListen(LocalKinesisOptions options, Exception fault)
    {
        var tls = options.TlsPort is { } port ? $" or {options.Host}:{port}" : "";
        return new InvalidStateException(
            $"The embedded Kinesis server cannot listen on {options.Host}:{options.Port}{tls}: "
            + $"{fault.InnerException?.Message ?? fault.Message}. "
            + "Stop the program that uses the port, or choose another port: 'kcl local --port 0', or Port = 0 in code, selects a free one.",
            fault);
    }

    [LoggerMessage(
        3000,
        LogLevel.Information,
        "The embedded Kinesis server listens on {Endpoint}; records are kept in {Where}",
        EventName = "ServerStarted")]
    private static partial void LogStarted(ILogger logger, Uri endpoint, string where);
}
