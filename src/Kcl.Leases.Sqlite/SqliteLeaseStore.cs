using Kcl.Leasing;
using Microsoft.Data.Sqlite;

namespace Kcl.Leases.Sqlite;

/// <summary>Leases in a SQLite file that several processes of one machine, and several applications, may share.</summary>
/// <remarks>
/// One connection, used by one call at a time on a thread of the pool; what waits is done in one transaction. The file is in WAL mode. Writes change named
/// columns only, so that columns of later versions survive. Safe for concurrent use.
/// </remarks>
public sealed class SqliteLeaseStore : ILeaseStore, IAsyncDisposable
{
    private readonly LeaseFile _file;
    private readonly string _application;
    private readonly SqliteQueue _queue;

    /// <summary>Creates a store; the file is opened by <see cref="InitializeAsync"/>, or by the first call.</summary>
    /// <param name="path">The file; made if it is missing, with its folder.</param>
    /// <param name="applicationName">The application: its leases are kept under it and others of the file are not seen.</param>
    public SqliteLeaseStore(string path, string applicationName)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentException.ThrowIfNullOrEmpty(applicationName);
        FilePath = Path.GetFullPath(path);
        _application = applicationName;
        _file = new(FilePath);
        _queue = new(_file);
    }

    /// <summary>The file's full path.</summary>
    public string FilePath { get; }

    /// <inheritdoc />
    public async ValueTask InitializeAsync(CancellationToken cancellationToken) =>
        await _queue.RunAsync(static _ => true, cancellationToken).ConfigureAwait(false); // the first call opens the file

    /// <inheritdoc />
    public async ValueTask<LeaseListing> ListAsync(CancellationToken cancellationToken) => await _queue.RunAsync(connection =>
    {
        var leases = new List<Lease>();
        var unreadable = new List<UnreadableLease>();
        var command = connection.Command(LeaseSql.List);
        command.Parameters["@application"].Value = _application;
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            if (LeaseSql.TryRead(reader, out var lease, out var row))
            {
                leases.Add(lease);
            }
            else
            {
                unreadable.Add(row);
            }
        }

        return new LeaseListing(leases, unreadable);
    }, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc />
    public async ValueTask<Lease?> GetAsync(LeaseKey key, CancellationToken cancellationToken) =>
        await _queue.RunAsync(connection => Get(connection, key), cancellationToken).ConfigureAwait(false);

    /// <inheritdoc />
    public async ValueTask<LeaseWrite> TryCreateAsync(Lease lease, CancellationToken cancellationToken) => await _queue.RunAsync(connection =>
    {
        var command = connection.Command(LeaseSql.Create);
        command.Parameters["@application"].Value = _application;
        LeaseSql.Bind(command, lease);
        return command.ExecuteNonQuery() == 1 ? new(LeaseWriteStatus.Written, lease) : Refused(connection, lease.Key);
    }, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc />
    public async ValueTask<LeaseWrite> TryUpdateAsync(LeaseKey key, LeaseUpdate update, CancellationToken cancellationToken)
    {
        update.ThrowIfInvalid();
        return await _queue.RunAsync(connection =>
        {
            var command = connection.Command(LeaseSql.Update(update));
            command.Parameters["@application"].Value = _application;
            command.Parameters["@lease_key"].Value = key.Value;
            LeaseSql.Bind(command, update);
            using (var reader = command.ExecuteReader())
            {
                if (reader.Read())
                {
                    return new(LeaseWriteStatus.Written, Read(reader));
                }
            }

            return Refused(connection, key);
        }, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc />
    public async ValueTask<LeaseWrite> TryDeleteAsync(LeaseKey key, long? expectedCounter, CancellationToken cancellationToken) => await _queue.RunAsync(connection =>
    {
        var command = connection.Command(expectedCounter is null ? LeaseSql.Delete : LeaseSql.DeleteFenced);
        command.Parameters["@application"].Value = _application;
        command.Parameters["@lease_key"].Value = key.Value;
        if (expectedCounter is { } counter)
        {
            command.Parameters["@expected"].Value = counter;
        }

        return command.ExecuteNonQuery() == 1 ? new(LeaseWriteStatus.Written, null) : Refused(connection, key);
    }, cancellationToken).ConfigureAwait(false);

    /// <summary>Finishes what is under way and closes the file.</summary>
    public ValueTask DisposeAsync() => _queue.DisposeAsync();

    // A row that cannot be read is there all the same: the conflict then shows no row.
    private LeaseWrite Refused(SqliteSession connection, LeaseKey key)
    {
        using var reader = Select(connection, key);
        return !reader.Read() ? new(LeaseWriteStatus.Missing, null)
            : new(LeaseWriteStatus.Conflict, LeaseSql.TryRead(reader, out var lease, out _) ? lease : null);
    }

    private Lease? Get(SqliteSession connection, LeaseKey key)
    {
        using var reader = Select(connection, key);
        return reader.Read() ? Read(reader) : null;
    }

    private SqliteDataReader Select(SqliteSession connection, LeaseKey key)
    {
        var command = connection.Command(LeaseSql.Get);
        command.Parameters["@application"].Value = _application;
        command.Parameters["@lease_key"].Value = key.Value;
        return command.ExecuteReader();
    }

    private Lease Read(SqliteDataReader reader) => LeaseSql.TryRead(reader, out var lease, out var unreadable)
        ? lease
        : throw new InvalidStateException($"The row of lease {unreadable.Key} in lease file '{FilePath}' cannot be read: {unreadable.Problem}. Correct it or remove it.");
}
