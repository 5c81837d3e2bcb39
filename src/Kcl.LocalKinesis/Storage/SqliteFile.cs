using System.Security.Cryptography;
using Kcl.LocalKinesis.Model;
using Kcl.LocalKinesis.RecordLog;
using Kcl.LocalKinesis.Tokens;
using Microsoft.Data.Sqlite;

namespace Kcl.LocalKinesis.Storage;

/// <summary>The data file and its statements. Not thread-safe.</summary>
internal sealed class SqliteFile : IDisposable
{
    // Version 2 is version 1 with records that have no partition key. A file is changed to version 2 when one of its streams first allows
    // such records, so that earlier servers can read all other files.
    private const int FirstVersion = 1;
    private const int LastVersion = 2;

    // "kcl1": identifies the files of this server.
    private const int ApplicationId = 0x6B636C31;
    private readonly string _path;
    private readonly SqliteConnection _connection;
    private long _version;

    private SqliteFile(string path)
    {
        _path = path;
        Errors = new(path);
        _connection = new(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = 1 }.ToString());
    }

    /// <summary>Gets the translation of errors of the file.</summary>
    public DataFileErrors Errors { get; }

    /// <summary>Opens the file in a folder, or creates it.</summary>
    /// <exception cref="InvalidStateException">The file cannot be used.</exception>
    public static SqliteFile Open(string directory)
    {
        try
        {
            Directory.CreateDirectory(directory);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new InvalidStateException(
                $"The data directory {directory} of the embedded Kinesis server cannot be created: {fault.Message} "
                + "Specify a folder that the server can write to.",
                fault);
        }

        var file = new SqliteFile(Path.Combine(directory, "kinesis.db"));
        try
        {
            file.Errors.Translate(() =>
            {
                file.Prepare();
                return true;
            });
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Returns the key that signs iterators. It belongs to the file, so that iterators stay valid after a restart.</summary>
    public byte[] ReadSigningKey()
    {
        using var command = Command("SELECT value FROM settings WHERE name = 'signing-key'");
        return command.ExecuteScalar() is byte[] { Length: TokenSigner.KeyLength } key
            ? key
            : throw new FormatException("the signing key is missing");
    }

    /// <summary>
    /// Returns the time at which a stream was last changed or records were last deleted, in milliseconds since the Unix epoch; 0 for a file
    /// of an earlier version.
    /// </summary>
    public long ReadLastChange()
    {
        using var command = Command("SELECT value FROM settings WHERE name = 'last-change'");
        return command.ExecuteScalar() is long instant ? instant : 0;
    }

    /// <summary>Returns every stream in the file.</summary>
    public IReadOnlyList<StreamModel> ReadStreams()
    {
        using var command = Command("SELECT generation, model FROM streams ORDER BY generation");
        using var reader = command.ExecuteReader();
        var streams = new List<StreamModel>();
        while (reader.Read())
        {
            var generation = reader.GetInt64(0);
            var stream = StreamModelJson.Read(reader.GetFieldValue<byte[]>(1));
            streams.Add(stream.Generation == generation
                ? stream
                : throw new FormatException(
                    $"row {generation} of the table 'streams' describes stream {stream.Name} of generation {stream.Generation}"));
        }

        return streams;
    }

    /// <summary>Passes the records of a stream to a loader.</summary>
    public void Load(long generation, IStreamLoader loader)
    {
        using var records = Command(
            "SELECT shard, first_index, bytes FROM records WHERE generation = $generation ORDER BY shard, first_index",
            ("$generation", generation));
        using (var reader = records.ExecuteReader())
        {
            while (reader.Read())
            {
                loader.AddRecords(reader.GetInt32(0), reader.GetInt64(1), reader.GetFieldValue<byte[]>(2));
            }
        }

        using var trims = Command("SELECT shard, first_index FROM trims WHERE generation = $generation", ("$generation", generation));
        using (var reader = trims.ExecuteReader())
        {
            while (reader.Read())
            {
                loader.SetTrimmed(reader.GetInt32(0), reader.GetInt64(1));
            }
        }
    }

    /// <summary>Deletes records that were written after their stream was deleted.</summary>
    public void DeleteRecordsWithoutStream()
    {
        using var transaction = _connection.BeginTransaction();
        Execute("DELETE FROM records WHERE generation NOT IN (SELECT generation FROM streams)");
        Execute("DELETE FROM trims WHERE generation NOT IN (SELECT generation FROM streams)");
        transaction.Commit();
    }

    /// <summary>Writes changes and unsaved records in one transaction.</summary>
    /// <param name="batch">The changes and the logs.</param>
    /// <param name="now">The time, in milliseconds since the Unix epoch.</param>
    /// <returns>The logs, each with the index after the last record that is saved.</returns>
    public IReadOnlyList<(ShardLog Log, long End)> Write(WriteBatch batch, long now)
    {
        using var transaction = _connection.BeginTransaction();
        foreach (var (generation, stream) in batch.Streams)
        {
            if (stream is null)
            {
                Delete(generation);
            }
            else
            {
                Save(stream);
            }
        }

        foreach (var ((generation, shardIndex), firstIndex) in batch.Trims)
        {
            Trim(generation, shardIndex, firstIndex);
        }

        // Records contain their time; changes and deletions do not. Their time is stored, because a clock that was set back must not undo
        // them.
        if (batch.Streams.Count > 0 || batch.Trims.Count > 0)
        {
            Execute(
                "INSERT INTO settings (name, value) VALUES ('last-change', $now)"
                + " ON CONFLICT (name) DO UPDATE SET value = max(value, excluded.value)",
                ("$now", now));
        }

        var saved = Insert(batch.Logs);
        transaction.Commit();
        return saved;
    }

    public void Dispose() => _connection.Dispose();

    private List<(ShardLog Log, long End)> Insert(IReadOnlyCollection<(long Generation, ShardLog Log)> logs)
    {
        var saved = new List<(ShardLog, long)>();
        using var insert = Command(
            "INSERT INTO records (generation, shard, first_index, count, bytes) VALUES ($generation, $shard, $first, $count, $bytes)");
        var generation = insert.Parameters.Add("$generation", SqliteType.Integer);
        var shard = insert.Parameters.Add("$shard", SqliteType.Integer);
        var first = insert.Parameters.Add("$first", SqliteType.Integer);
        var count = insert.Parameters.Add("$count", SqliteType.Integer);
        var bytes = insert.Parameters.Add("$bytes", SqliteType.Blob);
        foreach (var (owner, log) in logs)
        {
            var (firstIndex, runs) = log.GetUnsaved(out var end);
            generation.Value = owner;
            shard.Value = log.ShardIndex;
            foreach (var run in runs)
            {
                first.Value = firstIndex;
                count.Value = run.Count;
                bytes.Value = run.Bytes.ToArray();
                _ = insert.ExecuteNonQuery();
                firstIndex += run.Count;
            }

            saved.Add((log, end));
        }

        return saved;
    }

    private void Save(StreamModel stream)
    {
        if (stream.AutoDistribution && _version < LastVersion)
        {
            Execute($"PRAGMA user_version = {LastVersion}");
            _version = LastVersion;
        }

        Execute(
            "INSERT INTO streams (generation, model) VALUES ($generation, $model)"
            + " ON CONFLICT (generation) DO UPDATE SET model = excluded.model",
            ("$generation", stream.Generation),
            ("$model", StreamModelJson.Write(stream)));
    }

    private void Delete(long generation)
    {
        foreach (var table in (string[])["streams", "records", "trims"])
        {
            Execute($"DELETE FROM {table} WHERE generation = $generation", ("$generation", generation));
        }
    }

    // Stores the index of the first record that remains.
    private void Trim(long generation, int shard, long firstIndex)
    {
        Execute(
            "DELETE FROM records WHERE generation = $generation AND shard = $shard AND first_index + count <= $first",
            ("$generation", generation),
            ("$shard", shard),
            ("$first", firstIndex));
        Execute(
            "INSERT INTO trims (generation, shard, first_index) VALUES ($generation, $shard, $first)"
            + " ON CONFLICT (generation, shard) DO UPDATE SET first_index = max(first_index, excluded.first_index)",
            ("$generation", generation),
            ("$shard", shard),
            ("$first", firstIndex));
    }

    private void Prepare()
    {
        _connection.Open();

        // Exclusive, so that a second server fails immediately. Nothing is changed before the application id is checked.
        Execute("PRAGMA page_size = 16384");
        Execute("PRAGMA locking_mode = EXCLUSIVE");
        var (application, version) = (Scalar("PRAGMA application_id"), Scalar("PRAGMA user_version"));
        var isNew = application == 0 && version == 0 && Scalar("SELECT count(*) FROM sqlite_schema") == 0;
        if (!isNew && application != ApplicationId)
        {
            throw new InvalidStateException(
                $"The file {_path} belongs to another program, and was not changed. "
                + "Specify another data directory for the embedded Kinesis server.");
        }

        if (!isNew && version is < FirstVersion or > LastVersion)
        {
            throw new InvalidStateException(
                $"The data file {_path} of the embedded Kinesis server has format {version}; this version of the server reads formats "
                + $"{FirstVersion} to {LastVersion}. The file was not changed. "
                + "Use the version of the server that wrote it, or specify another data directory.");
        }

        // With NORMAL and a write-ahead log, only a power failure can lose committed transactions.
        Execute("PRAGMA journal_mode = WAL");
        Execute("PRAGMA synchronous = NORMAL");
        Execute("PRAGMA wal_autocheckpoint = 2000");
        if (isNew)
        {
            CreateTables();
        }

        _version = isNew ? FirstVersion : version;
    }

    private void CreateTables()
    {
        using var transaction = _connection.BeginTransaction();
        Execute("CREATE TABLE settings (name TEXT PRIMARY KEY, value BLOB NOT NULL)");
        Execute("CREATE TABLE streams (generation INTEGER PRIMARY KEY, model BLOB NOT NULL)");
        Execute(
            "CREATE TABLE records (generation INTEGER NOT NULL, shard INTEGER NOT NULL, first_index INTEGER NOT NULL,"
            + " count INTEGER NOT NULL, bytes BLOB NOT NULL)");
        Execute("CREATE UNIQUE INDEX records_by_place ON records (generation, shard, first_index)");
        Execute(
            "CREATE TABLE trims (generation INTEGER NOT NULL, shard INTEGER NOT NULL, first_index INTEGER NOT NULL,"
            + " PRIMARY KEY (generation, shard))");
        Execute(
            "INSERT INTO settings (name, value) VALUES ('signing-key', $key)",
            ("$key", RandomNumberGenerator.GetBytes(TokenSigner.KeyLength)));
        Execute($"PRAGMA application_id = {ApplicationId}");
        Execute($"PRAGMA user_version = {FirstVersion}");
        transaction.Commit();
    }

    private long Scalar(string sql)
    {
        using var command = Command(sql);
        return (long)command.ExecuteScalar()!;
    }

    private void Execute(string sql, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        using var command = Command(sql, parameters);
        _ = command.ExecuteNonQuery();
    }

    private SqliteCommand Command(string sql, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        var command = _connection.CreateCommand();
#pragma warning disable CA2100 // Every statement is a constant of this file; values are parameters.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value);
        }

        return command;
    }
}
