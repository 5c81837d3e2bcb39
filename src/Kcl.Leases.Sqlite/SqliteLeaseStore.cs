using Kcl.Leasing;
using Microsoft.Data.Sqlite;

namespace Kcl.Leases.Sqlite;

/// <summary>Stores leases in a SQLite file, which several processes on one machine and several applications can share.</summary>
/// <remarks>
/// The store has one connection. One call at a time uses it, on a thread of the thread pool; waiting calls share a transaction. The file is
/// in WAL mode. Writes change only the columns that they name; columns that this version does not know are preserved. The store is safe for
/// concurrent use.
/// </remarks>
public sealed class SqliteLeaseStore : ILeaseStore, IAsyncDisposable
{
    private readonly SqliteQueue _queue;

    /// <summary>Creates a store. The first call opens the file.</summary>
    /// <param name="path">The file. The file and its folder are created if they do not exist.</param>
    /// <param name="applicationName">
    /// The name of the application. The store does not read or write leases of other applications in the same file.
    /// </param>
    /// <exception cref="ArgumentException"><paramref name="path"/> or <paramref name="applicationName"/> is empty.</exception>
    public SqliteLeaseStore(string path, string applicationName)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentException.ThrowIfNullOrEmpty(applicationName);
        FilePath = Path.GetFullPath(path);
        ApplicationName = applicationName;
        _queue = new(new LeaseFile(FilePath));
    }

    /// <summary>Gets the full path of the file.</summary>
    public string FilePath { get; }

    /// <inheritdoc />
    public string ApplicationName { get; }

    /// <inheritdoc />
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled.</exception>
    public async ValueTask InitializeAsync(CancellationToken cancellationToken) =>
        await _queue.RunAsync(static _ => true, cancellationToken).ConfigureAwait(false); // the first call opens the file

    /// <inheritdoc />
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled.</exception>
    public async ValueTask<LeaseListing> ListAsync(CancellationToken cancellationToken) => await _queue.RunAsync(connection =>
    {
        var leases = new List<Lease>();
        var unreadable = new List<UnreadableLease>();
        var command = connection.Command(LeaseSql.List);
        command.Parameters["@application"].Value = ApplicationName;
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            if (LeaseReader.TryRead(reader, out var lease, out var row))
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
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled.</exception>
    public async ValueTask<Lease?> GetAsync(LeaseKey key, CancellationToken cancellationToken) =>
        await _queue.RunAsync(connection => Get(connection, key), cancellationToken).ConfigureAwait(false);

    /// <inheritdoc />
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled.</exception>
    public async ValueTask<LeaseWriteResult> TryWriteAsync(LeaseKey key, LeaseWrite write, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(write);
        write.ThrowIfInvalid(key);
        return await _queue.RunAsync(
            session => write.Change switch
            {
                LeaseCreation creation => Create(session, creation.Lease),
                LeaseUpdate update => Update(session, key, write.Condition, update),
                _ => Delete(session, key, write.Condition),
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc />
    public ValueTask<LeaseFleet> InspectFleetAsync(IReadOnlyCollection<Lease> listed, CancellationToken cancellationToken) =>
        ValueTask.FromResult(LeaseFleet.OfThisLibrary);

    /// <summary>Completes the pending calls and closes the file.</summary>
    public ValueTask DisposeAsync() => _queue.DisposeAsync();

    private LeaseWriteResult Create(SqliteSession session, Lease lease)
    {
        var command = Command(session, LeaseSql.Create, lease.Key);
        LeaseParameters.Bind(command, lease);
        return command.ExecuteNonQuery() == 1 ? LeaseWriteResult.Written(lease) : ToResult(session, lease.Key);
    }

    private LeaseWriteResult Update(SqliteSession session, LeaseKey key, LeaseCondition condition, LeaseUpdate update)
    {
        var command = Command(session, LeaseSql.Update(condition, update), key);
        LeaseParameters.Bind(command, condition);
        LeaseParameters.Bind(command, update);
        using (var reader = command.ExecuteReader())
        {
            if (reader.Read())
            {
                return LeaseWriteResult.Written(Read(reader));
            }
        }

        return ToResult(session, key);
    }

    private LeaseWriteResult Delete(SqliteSession session, LeaseKey key, LeaseCondition condition)
    {
        var command = Command(session, LeaseSql.Delete(condition), key);
        LeaseParameters.Bind(command, condition);
        return command.ExecuteNonQuery() == 1 ? LeaseWriteResult.Written(null) : ToResult(session, key);
    }

    // A row that cannot be read exists too; its conflict has no lease.
    private LeaseWriteResult ToResult(SqliteSession session, LeaseKey key)
    {
        using var reader = Command(session, LeaseSql.Get, key).ExecuteReader();
        return !reader.Read()
            ? LeaseWriteResult.Missing()
            : LeaseWriteResult.Conflict(LeaseReader.TryRead(reader, out var lease, out _) ? lease : null);
    }

    private Lease? Get(SqliteSession session, LeaseKey key)
    {
        using var reader = Command(session, LeaseSql.Get, key).ExecuteReader();
        return reader.Read() ? Read(reader) : null;
    }

    private SqliteCommand Command(SqliteSession session, string sql, LeaseKey key)
    {
        var command = session.Command(sql);
        command.Parameters["@application"].Value = ApplicationName;
        command.Parameters["@lease_key"].Value = key.Value;
        return command;
    }

    private Lease Read(SqliteDataReader reader) => LeaseReader.TryRead(reader, out var lease, out var unreadable)
        ? lease
        : throw new InvalidStateException($"The row of lease {unreadable.Key} in lease file '{FilePath}' cannot be read: "
            + $"{unreadable.Problem}. Correct the row or remove it.");
}
