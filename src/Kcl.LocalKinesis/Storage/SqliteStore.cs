using Kcl.LocalKinesis.Records;
using Kcl.LocalKinesis.Streams;
using Microsoft.Data.Sqlite;

namespace Kcl.LocalKinesis.Storage;

/// <summary>
/// Keeps streams and records in one SQLite file. Whatever is asked for while a transaction is being written goes into the next one together, so that many puts
/// share one commit. Commits reach the operating system, not the platter: they survive the end of the process, however it ends, though not a power cut.
/// </summary>
internal sealed class SqliteStore : IServerStore
{
    private readonly Lock _lock = new();
    private readonly SqliteFile _file;
    private Batch _next = new();
    private Task _pump = Task.CompletedTask;
    private bool _pumping;
    private bool _closed;

    private SqliteStore(SqliteFile file) => (_file, SigningKey, Streams) = (file, file.ReadSigningKey(), file.ReadStreams());

    public bool IsDurable => true;

    public byte[] SigningKey { get; }

    public IReadOnlyList<StreamModel> Streams { get; }

    /// <summary>Opens the file of a folder, or makes it.</summary>
    /// <exception cref="InvalidStateException">It cannot be used; the message says why and what to do.</exception>
    public static Task<SqliteStore> OpenAsync(string directory) => Task.Run(() =>
    {
        var file = SqliteFile.Open(directory);
        return file.Explaining(() => new SqliteStore(file));
    });

    public void Load(StreamModel stream, Func<int, ShardLog> logOf) => _file.Explaining(() =>
    {
        _file.Load(stream, logOf);
        return true;
    });

    public Task SaveAsync(StreamModel stream) => Enqueue(batch => batch.Changes.Add(file => file.Save(stream)));

    public Task DeleteAsync(long generation) => Enqueue(batch => batch.Changes.Add(file => file.Delete(generation)));

    public Task SaveAsync(long generation, ShardLog log) => Enqueue(batch => batch.Logs.Add((generation, log)));

    public void Trim(long generation, int shardIndex, long firstIndex) => _ = Enqueue(batch => batch.Changes.Add(file => file.Trim(generation, shardIndex, firstIndex)));

    public async ValueTask DisposeAsync()
    {
        Task pump;
        lock (_lock)
        {
            _closed = true;
            pump = _pump;
        }

        await pump.ConfigureAwait(false);
        _file.Dispose();
    }

    private Task Enqueue(Action<Batch> add)
    {
        lock (_lock)
        {
            if (_closed)
            {
                return Task.FromException(new ObjectDisposedException(nameof(SqliteStore), "The embedded Kinesis server is stopping."));
            }

            add(_next);
            var written = _next.Written.Task;
            if (!_pumping)
            {
                _pumping = true;
                _pump = Task.Run(Pump);
            }

            return written;
        }
    }

    private void Pump()
    {
        while (true)
        {
            Batch batch;
            lock (_lock)
            {
                if (_next.IsEmpty)
                {
                    _pumping = false;
                    return;
                }

                (batch, _next) = (_next, new());
            }

            try
            {
                var saved = _file.Write(batch.Changes, batch.Logs);
                foreach (var (log, end) in saved)
                {
                    log.Saved(end);
                }

                batch.Written.SetResult();
            }
            catch (SqliteException fault)
            {
                // Everybody who waits is told; records stay unsaved, and unseen, until a later commit takes them along.
                batch.Written.SetException(fault);
                _ = batch.Written.Task.Exception;
            }
        }
    }

    private sealed class Batch
    {
        public List<Action<SqliteFile>> Changes { get; } = [];

        public HashSet<(long Generation, ShardLog Log)> Logs { get; } = [];

        public TaskCompletionSource Written { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool IsEmpty => Changes.Count == 0 && Logs.Count == 0;
    }
}
