using Kcl.Internal;
using Kcl.Kinesis;
using Kcl.Leases.DynamoDb;
using Kcl.Leases.Sqlite;
using Kcl.Leasing;
using Microsoft.Extensions.Logging;

namespace Kcl.Daemon;

/// <summary>Gives operators access to the leases of an application. Lease tables and files are never created.</summary>
public sealed class LeaseConnection : IAsyncDisposable
{
    private readonly DaemonConfiguration? _configuration;

    private LeaseConnection(ILeaseStore store, string location, TimeSpan failoverTime, DaemonConfiguration? configuration = null)
    {
        Store = store;
        Location = location;
        FailoverTime = failoverTime;
        _configuration = configuration;
    }

    /// <summary>Gets the lease store.</summary>
    public ILeaseStore Store { get; }

    /// <summary>Gets a description of where the leases are stored: the table or the file.</summary>
    public string Location { get; }

    /// <summary>Gets the time without renewal after which another worker may take a lease.</summary>
    public TimeSpan FailoverTime { get; }

    /// <summary>Gets the stream that the properties file names; null if the leases were opened without a properties file.</summary>
    public StreamIdentifier? Stream => _configuration?.Stream;

    /// <summary>Opens the leases of a daemon that uses a given properties file.</summary>
    /// <param name="options">The file, and the options of the daemon's command line. They are not changed.</param>
    /// <param name="loggerFactory">Creates the store's logger.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <exception cref="ConfigurationException">The file does not exist or cannot be used.</exception>
    /// <exception cref="InvalidStateException">The lease file does not exist.</exception>
    public static LeaseConnection Open(DaemonOptions options, ILoggerFactory loggerFactory, TimeProvider timeProvider)
    {
        ArgumentNullException.ThrowIfNull(options);
        var configuration = DaemonConfiguration.LoadForLeases(options);
        var failoverTime = configuration.Consumer.FailoverTime;
        return configuration.SqliteFile is { } file
            ? OpenFile(file, configuration.ApplicationName, failoverTime, configuration)
            : OpenTable(configuration.DynamoDb, failoverTime, loggerFactory, timeProvider, configuration);
    }

    /// <summary>Opens the leases in a DynamoDB table. The table and its settings are not changed.</summary>
    /// <param name="options">The table, and how it is reached.</param>
    /// <param name="failoverTime">The time without renewal after which another worker may take a lease.</param>
    /// <param name="loggerFactory">Creates the store's logger.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <exception cref="ConfigurationException">The options are not valid.</exception>
    public static LeaseConnection OpenTable(
        DynamoDbLeaseStoreOptions options, TimeSpan failoverTime, ILoggerFactory loggerFactory, TimeProvider timeProvider) =>
        OpenTable(options, failoverTime, loggerFactory, timeProvider, configuration: null);

    /// <summary>Opens the leases in a SQLite file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="applicationName">The application.</param>
    /// <param name="failoverTime">The time without renewal after which another worker may take a lease.</param>
    /// <exception cref="InvalidStateException">The file does not exist.</exception>
    public static LeaseConnection OpenFile(string path, string applicationName, TimeSpan failoverTime) =>
        OpenFile(path, applicationName, failoverTime, configuration: null);

    /// <summary>Creates a client of the Kinesis endpoint that the properties file selects.</summary>
    /// <param name="loggerFactory">Creates the client's logger.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="random">The source of jitter.</param>
    /// <exception cref="InvalidOperationException">The leases were opened without a properties file.</exception>
    public KinesisClient ConnectKinesis(ILoggerFactory loggerFactory, TimeProvider timeProvider, Random random) =>
        _configuration is { } configuration
        ? new(configuration.Kinesis, loggerFactory, timeProvider, random)
        : throw new InvalidOperationException(
            "The leases were opened without a properties file, which specifies the endpoint. Open them with a properties file.");

    /// <summary>Closes the store.</summary>
    public ValueTask DisposeAsync() => Disposal.DisposeIfDisposableAsync(Store);

    private static LeaseConnection OpenTable(
        DynamoDbLeaseStoreOptions options, TimeSpan failoverTime, ILoggerFactory loggerFactory, TimeProvider timeProvider,
        DaemonConfiguration? configuration)
    {
        var store = new DynamoDbLeaseStore(options, loggerFactory, timeProvider);
        return new(store, $"DynamoDB table {store.TableName}", failoverTime, configuration);
    }

    private static LeaseConnection OpenFile(string path, string applicationName, TimeSpan failoverTime, DaemonConfiguration? configuration)
    {
        if (!File.Exists(path))
        {
            throw new InvalidStateException(
                $"The lease file '{Path.GetFullPath(path)}' does not exist. A worker creates it when it starts. "
                + "Check the folder.");
        }

        var store = new SqliteLeaseStore(path, applicationName);
        return new(store, $"SQLite file {store.FilePath}, application {applicationName}", failoverTime, configuration);
    }
}
