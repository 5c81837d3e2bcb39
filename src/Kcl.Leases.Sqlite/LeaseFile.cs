using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Kcl.Leases.Sqlite;

/// <summary>The file: opening it, its schema, and what its failures mean.</summary>
internal sealed class LeaseFile(string path)
{
    private const int Busy = 5;
    private const int Locked = 6;
    private const int ReadOnly = 8;
    private const int Corrupt = 11;
    private const int CannotOpen = 14;
    private const int NoPermission = 3;
    private const int NotADatabase = 26;

    // How long SQLite itself waits for another process's transaction; those take well under a millisecond.
    private const string WaitForPeers = "PRAGMA busy_timeout = 2000";

    /// <summary>Opens the file, makes it if it is missing, and checks or makes its table.</summary>
    public SqliteSession Open()
    {
        try
        {
            if (Path.GetDirectoryName(path) is { Length: > 0 } folder)
            {
                Directory.CreateDirectory(folder);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InvalidStateException(
                $"The folder of lease file '{path}' cannot be made: {exception.Message} Name a file in a folder this user may write to.",
                exception);
        }

        // Not pooled: the connection lives as long as the store, and closing it is to close the file.
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = SqliteOpenMode.ReadWriteCreate,
            Pooling = false,
            DefaultTimeout = 5,
        }.ToString());
        try
        {
            connection.Open();
            Run(connection, WaitForPeers);
            Run(connection, "PRAGMA journal_mode = WAL");
            Run(connection, "PRAGMA synchronous = NORMAL");
            if (Run(connection, "PRAGMA quick_check(1)") is string verdict and not "ok")
            {
                throw Damaged(new InvalidDataException(verdict));
            }

            Run(connection, "BEGIN IMMEDIATE");
            var version = Convert.ToInt32(Run(connection, "PRAGMA user_version"), CultureInfo.InvariantCulture);
            if (version > LeaseSql.Version)
            {
                throw new InvalidStateException($"Lease file '{path}' was made by a newer version (schema {version}, known here: "
                    + $"{LeaseSql.Version}). Run that version, or name another file.");
            }

            Run(connection, LeaseSql.CreateTable);
            if (Convert.ToInt32(Run(connection, LeaseSql.HasPrivateAttributes), CultureInfo.InvariantCulture) == 0)
            {
                Run(connection, LeaseSql.AddPrivateAttributes);
            }

            Run(connection, string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {LeaseSql.Version}"));
            Run(connection, "COMMIT");
            return new(connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>What a failure means to a caller.</summary>
    public KclException Explain(SqliteException exception) => exception.SqliteErrorCode switch
    {
        Busy or Locked => new ThrottlingException($"Lease file '{path}' is busy with another process: {exception.Message}", exception),
        Corrupt or NotADatabase => Damaged(exception),
        ReadOnly or NoPermission => new InvalidStateException(
            $"Lease file '{path}' cannot be written: {exception.Message} Let this user write the file and its folder, or name "
                + "another file.",
            exception),
        CannotOpen => new InvalidStateException(
            $"Lease file '{path}' cannot be opened: {exception.Message} Check that it is a file, and that this user may write it "
                + "and its folder.",
            exception),
        _ => new DependencyException($"Lease file '{path}' failed: {exception.Message}", exception),
    };

    private InvalidStateException Damaged(Exception exception) => new(
        $"Lease file '{path}' is damaged or no SQLite database: {exception.Message} Restore it, or delete it together with "
            + $"'{path}-wal' and '{path}-shm': the application then starts again at its initial position.",
        exception);

    private static object? Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants, all of them.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command.ExecuteScalar();
    }
}
