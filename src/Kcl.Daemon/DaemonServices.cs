using System.Net;
using System.Net.Sockets;
using Kcl.Internal;
using Kcl.Kinesis;
using Kcl.Leases.DynamoDb;
using Kcl.Leases.Sqlite;
using Kcl.Leasing;
using Kcl.LocalKinesis;
using Microsoft.Extensions.Logging;

namespace Kcl.Daemon;

/// <summary>The services that a daemon uses, created from its configuration and disposed in the opposite order.</summary>
internal sealed class DaemonServices : IAsyncDisposable
{
    private readonly LocalKinesisServer? _server;
    private readonly KinesisClient _kinesis;

    private DaemonServices(LocalKinesisServer? server, KinesisClient kinesis, ILeaseStore leases)
    {
        _server = server;
        _kinesis = kinesis;
        Leases = leases;
    }

    /// <summary>Gets the Kinesis client.</summary>
    public IKinesisClient Kinesis => _kinesis;

    /// <summary>Gets the lease store.</summary>
    public ILeaseStore Leases { get; }

    /// <summary>Creates the services.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="services">The services that the caller provides.</param>
    /// <param name="cancellationToken">Cancels the start of the embedded server.</param>
    public static async Task<DaemonServices> CreateAsync(
        DaemonConfiguration configuration, MultiLangDaemonServices services, CancellationToken cancellationToken)
    {
        var server = configuration.Local is { } local
            ? await StartServerAsync(local, configuration, services, cancellationToken).ConfigureAwait(false)
            : null;
        KinesisClient? kinesis = null;
        try
        {
            kinesis = new(configuration.Kinesis, services.LoggerFactory, services.TimeProvider, new Chance(services.Random).Fork());
            return new(server, kinesis, CreateLeases(configuration, services));
        }
        catch
        {
            await Disposal.DisposeIfDisposableAsync(kinesis).ConfigureAwait(false);
            await Disposal.DisposeIfDisposableAsync(server).ConfigureAwait(false);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Disposal.DisposeIfDisposableAsync(Leases).ConfigureAwait(false);
        await _kinesis.DisposeAsync().ConfigureAwait(false);
        await Disposal.DisposeIfDisposableAsync(_server).ConfigureAwait(false);
    }

    private static ILeaseStore CreateLeases(DaemonConfiguration configuration, MultiLangDaemonServices services) =>
        configuration.SqliteFile is { } file
            ? new SqliteLeaseStore(file, configuration.ApplicationName)
            : new DynamoDbLeaseStore(configuration.DynamoDb, services.LoggerFactory, services.TimeProvider);

    private static async Task<LocalKinesisServer?> StartServerAsync(
        DaemonOptions local, DaemonConfiguration configuration, MultiLangDaemonServices services, CancellationToken cancellationToken)
    {
        if (await AnswersAsync(local.LocalEndpoint, cancellationToken).ConfigureAwait(false))
        {
            return null;
        }

        if (!local.LocalEndpoint.IsLoopback)
        {
            throw new ConfigurationException(
                $"No Kinesis server answers at {local.LocalEndpoint}, and a server can be started only on this machine. "
                + "Start it there with 'kcl local'.");
        }

        var options = new LocalKinesisOptions
        {
            Host = local.LocalEndpoint.Host is "localhost" ? "localhost"
                : IPAddress.Parse(local.LocalEndpoint.Host.Trim('[', ']')).ToString(),
            Port = local.LocalEndpoint.Port,
            DataDirectory = local.LocalDirectory,
            LoggerFactory = services.LoggerFactory,
            TimeProvider = services.TimeProvider,
        };
        // Created unless the folder already contains the stream.
        options.InitialStreams[configuration.Stream.Name.Value] = 1;
        var server = await LocalKinesisServer.StartAsync(options, cancellationToken).ConfigureAwait(false);
        services.LoggerFactory.CreateLogger("Kcl.Daemon").LocalServerStarted(server.Endpoint, local.LocalDirectory);
        return server;
    }

    private static async ValueTask<bool> AnswersAsync(Uri endpoint, CancellationToken cancellationToken)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(endpoint.DnsSafeHost, endpoint.Port, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
