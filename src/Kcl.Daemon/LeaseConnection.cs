using Kcl.Kinesis;
using Kcl.Leases.DynamoDb;
using Kcl.Leases.Sqlite;
using Kcl.Leasing;
using Microsoft.Extensions.Logging;

namespace Kcl.Daemon;

/// <summary>The leases of an application for its operators: opened, never created.</summary>
public sealed class LeaseConnection : IAsyncDisposable
{
    private DaemonConfiguration? _configuration;

    private LeaseConnection(ILeaseStore store, string where, TimeSpan failoverTime) => (Store, Where, FailoverTime) = (store, where, failoverTime);

    /// <summary>The leases.</summary>
    public ILeaseStore Store { get; }

    /// <summary>Where they are kept, for people.</summary>
    public string Where { get; }

    /// <summary>How long an owner may be silent before it counts as gone.</summary>
    public TimeSpan FailoverTime { get; }

    /// <summary>The stream that the properties file names; null where the leases were opened without one.</summary>
    public StreamIdentifier? Stream => _configuration?.Stream;

    /// <summary>Opens the leases a daemon with a properties file uses.</summary>
    /// <param name="options">The file, and what the daemon's command line says beside it.</param>
    /// <param name="loggerFactory">Where the store logs.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="ConfigurationException">The file cannot be used.</exception>
    /// <exception cref="InvalidStateException">There is no such lease file.</exception>
    public static LeaseConnection Open(DaemonOptions options, ILoggerFactory loggerFactory, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.LeasesOnly = true;
        var configuration = DaemonConfiguration.Load(options);
        var leases = configuration.SqliteFile is { } file
            ? OpenFile(file, configuration.ApplicationName, configuration.Consumer.FailoverTime)
            : OpenTable(configuration.DynamoDb, configuration.Consumer.FailoverTime, loggerFactory, time);
        leases._configuration = configuration;
        return leases;
    }

    /// <summary>Creates a client of the Kinesis that the properties file names.</summary>
    /// <param name="loggerFactory">Where it logs.</param>
    /// <param name="time">The clock.</param>
    /// <param name="random">Draws the pauses between retries.</param>
    /// <exception cref="InvalidOperationException">The leases were opened without a properties file.</exception>
    public KinesisClient ConnectKinesis(ILoggerFactory loggerFactory, TimeProvider time, Random random) => _configuration is { } configuration
        ? new(configuration.Kinesis, loggerFactory, time, random)
        : throw new InvalidOperationException("The leases were opened without a properties file, which would name the stream.");

    /// <summary>Opens the leases in a DynamoDB table. Point-in-time recovery and the table itself are left as they are.</summary>
    /// <param name="options">Which table, and where.</param>
    /// <param name="failoverTime">How long an owner may be silent before it counts as gone.</param>
    /// <param name="loggerFactory">Where the store logs.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="ConfigurationException">The options cannot work.</exception>
    public static LeaseConnection OpenTable(DynamoDbLeaseStoreOptions options, TimeSpan failoverTime, ILoggerFactory loggerFactory, TimeProvider time)
    {
        var store = new DynamoDbLeaseStore(options, loggerFactory, time);
        return new(store, $"DynamoDB table {store.TableName}", failoverTime);
    }

    /// <summary>Opens the leases in a SQLite file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="applicationName">The application.</param>
    /// <param name="failoverTime">How long an owner may be silent before it counts as gone.</param>
    /// <exception cref="InvalidStateException">There is no such file.</exception>
    public static LeaseConnection OpenFile(string path, string applicationName, TimeSpan failoverTime)
    {
        if (!File.Exists(path))
        {
            throw new InvalidStateException($"There is no lease file '{Path.GetFullPath(path)}': no worker has run with it yet. Check the folder.");
        }

        var store = new SqliteLeaseStore(path, applicationName);
        return new(store, $"SQLite file {store.FilePath}, application {applicationName}", failoverTime);
    }

    /// <summary>Closes the store.</summary>
    public ValueTask DisposeAsync() => LeaseStoreClosing.CloseAsync(Store);
}
