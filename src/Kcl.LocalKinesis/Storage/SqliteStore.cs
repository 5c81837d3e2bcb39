using Kcl.LocalKinesis.Model;
using Kcl.LocalKinesis.RecordLog;
using Microsoft.Data.Sqlite;

namespace Kcl.LocalKinesis.Storage;

/// <summary>
/// Stores streams and records in one SQLite file. All requests that arrive while a transaction is being written are part of the next one,
/// so that many puts share one commit. Commits reach the operating system, not the disk: they remain after the process has exited, even if
/// it was killed, but a power failure can lose them. The content of a failed transaction also becomes part of the next one, so that the
/// file is always consistent.
/// </summary>
internal sealed class SqliteStore : IServerStore
{
    private readonly Lock _lock = new();
    private readonly SqliteFile _file;
    private readonly ServerClock _clock;
    private WriteBatch _next = new();
    private Task _pump = Task.CompletedTask;
    private bool _pumping;
    private bool _closed;

    private SqliteStore(SqliteFile file, ServerClock clock)
    {
        _file = file;
        _clock = clock;
        SigningKey = file.ReadSigningKey();
        Streams = file.ReadStreams();
        _ = clock.NotBefore(file.ReadLastChange());
    }

    public bool IsDurable => true;

    public byte[] SigningKey { get; }

    public IReadOnlyList<StreamModel> Streams { get; }

    /// <summary>
    /// Opens the file in a folder, or creates it. If the clock is behind the last change of a stream, moves it to that time.
    /// </summary>
    /// <exception cref="InvalidStateException">The file cannot be used. The message contains the reason and the remedy.</exception>
    public static Task<SqliteStore> OpenAsync(string directory, ServerClock clock) => Task.Run(() =>
    {
        var file = SqliteFile.Open(directory);
        try
        {
            return file.Errors.Translate(() => new SqliteStore(file, clock));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    });

    public void Load(long generation, IStreamLoader loader) => _file.Errors.Translate(() =>
    {
        _file.Load(generation, loader);
        return true;
    });

    public void CompleteLoading() => _file.Errors.Translate(() =>
    {
        _file.DeleteRecordsWithoutStream();
        return true;
    });

    public Task SaveAsync(StreamModel stream) => Enqueue(batch => batch.Save(stream));

    public Task DeleteAsync(long generation) => Enqueue(batch => batch.Delete(generation));

    public Task SaveAsync(long generation, ShardLog log) => Enqueue(batch => batch.Save(generation, log));

    public void Trim(long generation, int shardIndex, long firstIndex) =>
        _ = Enqueue(batch => batch.Trim(generation, shardIndex, firstIndex));

    public async ValueTask DisposeAsync()
    {
        Task pump;
        lock (_lock)
        {
            _closed = true;
            if (!_pumping && !_next.IsEmpty)
            {
                // The last transaction failed: it is tried again.
                _pump = Task.Run(Pump);
            }

            pump = _pump;
        }

        await pump.ConfigureAwait(false);
        _file.Dispose();
    }

    private Task Enqueue(Action<WriteBatch> add)
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
            WriteBatch batch;
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
                var saved = _file.Write(batch, _clock.Now);
                foreach (var (log, end) in saved)
                {
                    log.OnSaved(end);
                }

                batch.Written.SetResult();
            }
            catch (SqliteException fault)
            {
                bool hasMore;
                lock (_lock)
                {
                    hasMore = !_next.IsEmpty;
                    _next.Retry(batch);
                    _pumping = hasMore;
                }

                // The requests of this transaction fail. Their records stay invisible until the next transaction, which another request
                // starts, writes them.
                batch.Written.SetException(fault);
                _ = batch.Written.Task.Exception;
                if (!hasMore)
                {
                    return;
                }
            }
        }
    }
}
