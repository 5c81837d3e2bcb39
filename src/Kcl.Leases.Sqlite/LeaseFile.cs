using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Kcl.Leases.Sqlite;

/// <summary>Opens a lease file, creates its schema, and translates failures of SQLite.</summary>
/// <param name="path">The file.</param>
internal sealed class LeaseFile(string path)
{
    private const int Error = 1;
    private const int Busy = 5;
    private const int Locked = 6;
    private const int ReadOnly = 8;
    private const int Corrupt = 11;
    private const int CannotOpen = 14;
    private const int TooBig = 18;
    private const int Constraint = 19;
    private const int Mismatch = 20;
    private const int NoPermission = 3;
    private const int NotADatabase = 26;

    // The time that SQLite waits for transactions of other processes, in milliseconds. Such a transaction takes much less than a
    // millisecond.
    private const string SetBusyTimeout = "PRAGMA busy_timeout = 2000";

    /// <summary>Opens the file, and creates the file and its table if they do not exist.</summary>
    /// <exception cref="InvalidStateException">The file cannot be opened or written, is damaged, or has a newer schema.</exception>
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
                $"The folder of lease file '{path}' cannot be created: {exception.Message} "
                    + "Specify a file in a folder that this user can write to.",
                exception);
        }

        // Not pooled: closing the connection must close the file.
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
            Run(connection, SetBusyTimeout);
            Run(connection, "PRAGMA journal_mode = WAL");
            Run(connection, "PRAGMA synchronous = NORMAL");
            if (Run(connection, "PRAGMA quick_check(1)") is string finding and not "ok")
            {
                throw Damaged(new InvalidDataException(finding));
            }

            Run(connection, "BEGIN IMMEDIATE");
            var version = Convert.ToInt32(Run(connection, "PRAGMA user_version"), CultureInfo.InvariantCulture);
            if (version > LeaseSql.Version)
            {
                throw new InvalidStateException($"Lease file '{path}' was created by a newer version: its schema is {version}, but this "
                    + $"version supports at most {LeaseSql.Version}. Use the newer version, or specify another file.");
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

    /// <summary>
    /// Returns whether SQLite failed to execute one statement, for example because a row is damaged, and did not end the transaction
    /// (https://www.sqlite.org/lang_transaction.html, "Response To Errors Within A Transaction").
    /// </summary>
    public static bool IsFailureOfStatement(SqliteException exception) =>
        exception.SqliteErrorCode is Error or TooBig or Constraint or Mismatch;

    /// <summary>Translates a failure of SQLite.</summary>
    public KclException Translate(SqliteException exception) => exception.SqliteErrorCode switch
    {
        Busy or Locked => new ThrottlingException($"Lease file '{path}' is busy with another process: {exception.Message}", exception),
        Corrupt => Damaged(exception),

        // The path may be wrong. Then the file is not ours, and the message must not propose to delete it.
        NotADatabase => new InvalidStateException(
            $"'{path}' is not a lease file: {exception.Message} Check the path of the lease store (leaseStore in the properties file); "
                + "if it is a damaged lease file, restore it.",
            exception),
        ReadOnly or NoPermission => new InvalidStateException(
            $"Lease file '{path}' cannot be written: {exception.Message} "
                + "Give this user write access to the file and its folder, or specify another file.",
            exception),
        CannotOpen => new InvalidStateException(
            $"Lease file '{path}' cannot be opened: {exception.Message} "
                + "Check that it is a file and that this user has write access to it and its folder.",
            exception),
        _ => new DependencyException($"Lease file '{path}' failed: {exception.Message}", exception),
    };

    private InvalidStateException Damaged(Exception exception) => new(
        $"Lease file '{path}' is damaged: {exception.Message} "
            + $"Restore it, or delete it together with '{path}-wal' and '{path}-shm'; the application then starts at its initial position.",
        exception);

    private static object? Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The callers pass constants.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command.ExecuteScalar();
    }
}
