using System.Security.Cryptography;
using Kcl.LocalKinesis.Records;
using Kcl.LocalKinesis.Streams;
using Kcl.LocalKinesis.Wire;
using Microsoft.Data.Sqlite;

namespace Kcl.LocalKinesis.Storage;

/// <summary>The data file and its statements. One thread at a time.</summary>
internal sealed class SqliteFile : IDisposable
{
    private const int FormatVersion = 1;
    private const int Busy = 5, Locked = 6, Corrupt = 11, CannotOpen = 14, NotADatabase = 26;

    // "kcl1": so that a file of somebody else's is not taken for ours.
    private const int ApplicationId = 0x6B636C31;
    private readonly string _path;
    private readonly SqliteConnection _connection;

    private SqliteFile(string path)
    {
        _path = path;
        _connection = new(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = 1 }.ToString());
    }

    /// <summary>Opens the file of a folder, or makes it.</summary>
    /// <exception cref="InvalidStateException">It cannot be used.</exception>
    public static SqliteFile Open(string directory)
    {
        try
        {
            Directory.CreateDirectory(directory);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new InvalidStateException($"The data directory {directory} of the embedded Kinesis server cannot be made: {fault.Message} Name a folder that can be written to.", fault);
        }

        var file = new SqliteFile(Path.Combine(directory, "kinesis.db"));
        try
        {
            file.Explaining(() =>
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

    /// <summary>Runs something on the file and puts what SQLite says into words a user can act on.</summary>
    public T Explaining<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (SqliteException fault)
        {
            throw new InvalidStateException(fault.SqliteErrorCode switch
            {
                Busy or Locked => $"The data file {_path} of the embedded Kinesis server is in use by another server. Stop that one, or name another data directory.",
                Corrupt or NotADatabase => Damaged(fault.Message),
                CannotOpen => $"The data file {_path} of the embedded Kinesis server cannot be opened: {fault.Message}. Name a folder that can be written to.",
                _ => $"The data file {_path} of the embedded Kinesis server cannot be used: {fault.Message}.",
            }, fault);
        }
        catch (FormatException fault)
        {
            throw new InvalidStateException(Damaged(fault.Message), fault);
        }
    }

    /// <summary>The key that iterators are signed with: the file's own, so that they outlive the server.</summary>
    public byte[] ReadSigningKey()
    {
        using var command = Command("SELECT value FROM settings WHERE name = 'signing-key'");
        return command.ExecuteScalar() is byte[] { Length: TokenSigner.KeyLength } key ? key : throw new FormatException("the signing key is missing");
    }

    /// <summary>Every stream in the file.</summary>
    public IReadOnlyList<StreamModel> ReadStreams()
    {
        using var command = Command("SELECT model FROM streams ORDER BY generation");
        using var reader = command.ExecuteReader();
        var streams = new List<StreamModel>();
        while (reader.Read())
        {
            streams.Add(StreamModelJson.Read(reader.GetFieldValue<byte[]>(0)));
        }

        return streams;
    }

    /// <summary>Fills the logs of a stream.</summary>
    public void Load(StreamModel stream, Func<int, ShardLog> logOf)
    {
        using var trims = Command("SELECT shard, first_index FROM trims WHERE generation = $generation", ("$generation", stream.Generation));
        var firsts = new Dictionary<int, long>();
        using (var reader = trims.ExecuteReader())
        {
            while (reader.Read())
            {
                firsts[reader.GetInt32(0)] = reader.GetInt64(1);
            }
        }

        using var records = Command("SELECT shard, first_index, bytes FROM records WHERE generation = $generation ORDER BY shard, first_index", ("$generation", stream.Generation));
        using (var reader = records.ExecuteReader())
        {
            while (reader.Read())
            {
                var shard = reader.GetInt32(0);
                if (shard < 0 || shard >= stream.Shards.Length || !logOf(shard).TryLoad(reader.GetInt64(1), reader.GetFieldValue<byte[]>(2)))
                {
                    throw new FormatException($"the records of shard {shard} of stream {stream.Name} from number {reader.GetInt64(1)} cannot be read");
                }
            }
        }

        foreach (var (shard, first) in firsts.Where(first => first.Key >= 0 && first.Key < stream.Shards.Length))
        {
            logOf(shard).ContinueAt(first);
        }
    }

    /// <summary>Writes changes and unsaved records in one transaction.</summary>
    /// <returns>The logs with the index up to which they are saved now.</returns>
    public IReadOnlyList<(ShardLog Log, long End)> Write(IReadOnlyList<Action<SqliteFile>> changes, IReadOnlyCollection<(long Generation, ShardLog Log)> logs)
    {
        using var transaction = _connection.BeginTransaction();
        foreach (var change in changes)
        {
            change(this);
        }

        var saved = new List<(ShardLog, long)>();
        using var insert = Command("INSERT INTO records (generation, shard, first_index, count, bytes) VALUES ($generation, $shard, $first, $count, $bytes)");
        var (generation, shard, first, count, bytes) = (insert.Parameters.Add("$generation", SqliteType.Integer), insert.Parameters.Add("$shard", SqliteType.Integer), insert.Parameters.Add("$first", SqliteType.Integer), insert.Parameters.Add("$count", SqliteType.Integer), insert.Parameters.Add("$bytes", SqliteType.Blob));
        foreach (var (owner, log) in logs)
        {
            var (firstIndex, runs) = log.Unsaved(out var end);
            foreach (var run in runs)
            {
                (generation.Value, shard.Value, first.Value, count.Value, bytes.Value) = (owner, log.ShardIndex, firstIndex, run.Count, run.Bytes.ToArray());
                _ = insert.ExecuteNonQuery();
                firstIndex += run.Count;
            }

            saved.Add((log, end));
        }

        transaction.Commit();
        return saved;
    }

    /// <summary>Writes a stream down. Part of a transaction.</summary>
    public void Save(StreamModel stream) => Execute(
        "INSERT INTO streams (generation, model) VALUES ($generation, $model) ON CONFLICT (generation) DO UPDATE SET model = excluded.model",
        ("$generation", stream.Generation),
        ("$model", StreamModelJson.Write(stream)));

    /// <summary>Forgets a stream. Part of a transaction.</summary>
    public void Delete(long generation)
    {
        foreach (var table in (string[])["streams", "records", "trims"])
        {
            Execute($"DELETE FROM {table} WHERE generation = $generation", ("$generation", generation));
        }
    }

    /// <summary>Forgets a shard's first records, and remembers where the others begin. Part of a transaction.</summary>
    public void Trim(long generation, int shard, long firstIndex)
    {
        Execute("DELETE FROM records WHERE generation = $generation AND shard = $shard AND first_index + count <= $first", ("$generation", generation), ("$shard", shard), ("$first", firstIndex));
        Execute(
            "INSERT INTO trims (generation, shard, first_index) VALUES ($generation, $shard, $first) ON CONFLICT (generation, shard) DO UPDATE SET first_index = max(first_index, excluded.first_index)",
            ("$generation", generation),
            ("$shard", shard),
            ("$first", firstIndex));
    }

    public void Dispose() => _connection.Dispose();

    private string Damaged(string why) => $"The data file {_path} of the embedded Kinesis server is damaged or not one of its own ({why}). Delete it to begin with no streams, put back a copy of it, or name another data directory.";

    private void Prepare()
    {
        _connection.Open();

        // Exclusive, so that a second server finds out at once; NORMAL with a write-ahead log survives everything but a power cut.
        Execute("PRAGMA page_size = 16384");
        Execute("PRAGMA locking_mode = EXCLUSIVE");
        Execute("PRAGMA journal_mode = WAL");
        Execute("PRAGMA synchronous = NORMAL");
        Execute("PRAGMA wal_autocheckpoint = 2000");
        using var transaction = _connection.BeginTransaction();
        var (application, version) = (Scalar("PRAGMA application_id"), Scalar("PRAGMA user_version"));
        if (application == 0 && version == 0 && Scalar("SELECT count(*) FROM sqlite_schema") == 0)
        {
            Execute("CREATE TABLE settings (name TEXT PRIMARY KEY, value BLOB NOT NULL)");
            Execute("CREATE TABLE streams (generation INTEGER PRIMARY KEY, model BLOB NOT NULL)");
            Execute("CREATE TABLE records (generation INTEGER NOT NULL, shard INTEGER NOT NULL, first_index INTEGER NOT NULL, count INTEGER NOT NULL, bytes BLOB NOT NULL)");
            Execute("CREATE UNIQUE INDEX records_by_place ON records (generation, shard, first_index)");
            Execute("CREATE TABLE trims (generation INTEGER NOT NULL, shard INTEGER NOT NULL, first_index INTEGER NOT NULL, PRIMARY KEY (generation, shard))");
            Execute("INSERT INTO settings (name, value) VALUES ('signing-key', $key)", ("$key", RandomNumberGenerator.GetBytes(TokenSigner.KeyLength)));
            Execute($"PRAGMA application_id = {ApplicationId}");
            Execute($"PRAGMA user_version = {FormatVersion}");
        }
        else if (application != ApplicationId)
        {
            throw new FormatException("it belongs to another program");
        }
        else if (version != FormatVersion)
        {
            throw new FormatException($"its format is version {version}, this server knows version {FormatVersion}");
        }

        Execute("DELETE FROM records WHERE generation NOT IN (SELECT generation FROM streams)");
        Execute("DELETE FROM trims WHERE generation NOT IN (SELECT generation FROM streams)");
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
#pragma warning disable CA2100 // Every text comes from this file; values are parameters.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value);
        }

        return command;
    }
}
