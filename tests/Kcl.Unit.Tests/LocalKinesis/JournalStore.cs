using Kcl.LocalKinesis.Model;
using Kcl.LocalKinesis.RecordLog;
using Kcl.LocalKinesis.Storage;
using Kcl.LocalKinesis.Tokens;

namespace Kcl.Unit.Tests.LocalKinesis;

/// <summary>
/// A store whose transactions a test completes, fails, or loses in a crash. It stores the same data as the data file, in the same form.
/// </summary>
internal sealed class JournalStore : IServerStore
{
    private readonly ServerClock _clock;
    private readonly Dictionary<long, byte[]> _models;
    private readonly Dictionary<long, SortedDictionary<(int Shard, long First), (int Count, byte[] Bytes)>> _records;
    private readonly Dictionary<(long Generation, int Shard), long> _trims;
    private long _lastChange;
    private WriteBatch _next = new();
    private bool _loading = true;

    public JournalStore(ServerClock clock)
        : this(clock, [], [], [], new byte[TokenSigner.KeyLength], 0)
    {
    }

    private JournalStore(
        ServerClock clock,
        Dictionary<long, byte[]> models,
        Dictionary<long, SortedDictionary<(int Shard, long First), (int Count, byte[] Bytes)>> records,
        Dictionary<(long Generation, int Shard), long> trims,
        byte[] signingKey,
        long lastChange)
    {
        _clock = clock;
        _models = models;
        _records = records;
        _trims = trims;
        SigningKey = signingKey;
        _lastChange = lastChange;
        Streams = [.. models.OrderBy(model => model.Key).Select(model => StreamModelJson.Read(model.Value))];
        _ = clock.NotBefore(lastChange);
    }

    public bool IsDurable => true;

    public byte[] SigningKey { get; }

    public IReadOnlyList<StreamModel> Streams { get; }

    /// <summary>Returns the store after a crash: what was not committed is lost.</summary>
    public JournalStore Reopen(ServerClock clock) => new(
        clock,
        new(_models),
        _records.ToDictionary(
            stream => stream.Key,
            stream => new SortedDictionary<(int Shard, long First), (int Count, byte[] Bytes)>(stream.Value)),
        new(_trims),
        SigningKey,
        _lastChange);

    public void Load(long generation, IStreamLoader loader)
    {
        Assert.True(_loading);
        foreach (var ((shard, first), (_, bytes)) in _records.GetValueOrDefault(generation) ?? [])
        {
            loader.AddRecords(shard, first, bytes);
        }

        foreach (var ((_, shard), first) in _trims.Where(trim => trim.Key.Generation == generation))
        {
            loader.SetTrimmed(shard, first);
        }
    }

    public void CompleteLoading()
    {
        _loading = false;
        foreach (var generation in _records.Keys.Except(_models.Keys).ToArray())
        {
            _records.Remove(generation);
        }
    }

    public Task SaveAsync(StreamModel stream) => Ask(batch => batch.Save(stream));

    public Task DeleteAsync(long generation) => Ask(batch => batch.Delete(generation));

    public Task SaveAsync(long generation, ShardLog log) => Ask(batch => batch.Save(generation, log));

    public void Trim(long generation, int shardIndex, long firstIndex) => _ = Ask(batch => batch.Trim(generation, shardIndex, firstIndex));

    /// <summary>Writes everything requested so far.</summary>
    public void Commit()
    {
        var (batch, changed) = (_next, _next.Streams.Count > 0 || _next.Trims.Count > 0);
        _next = new();
        foreach (var (generation, stream) in batch.Streams)
        {
            if (stream is not null)
            {
                _models[generation] = StreamModelJson.Write(stream);
                continue;
            }

            _ = _models.Remove(generation);
            _ = _records.Remove(generation);
            foreach (var trim in _trims.Keys.Where(trim => trim.Generation == generation).ToArray())
            {
                _ = _trims.Remove(trim);
            }
        }

        foreach (var ((generation, shard), first) in batch.Trims)
        {
            _trims[(generation, shard)] = Math.Max(first, _trims.GetValueOrDefault((generation, shard)));
            if (_records.TryGetValue(generation, out var rows))
            {
                foreach (var gone in rows.Where(row => row.Key.Shard == shard && row.Key.First + row.Value.Count <= first).ToArray())
                {
                    _ = rows.Remove(gone.Key);
                }
            }
        }

        _lastChange = changed ? Math.Max(_lastChange, _clock.Now) : _lastChange;
        foreach (var (generation, log) in batch.Logs)
        {
            var (first, runs) = log.GetUnsaved(out var end);
            foreach (var run in runs)
            {
                if (!_records.TryGetValue(generation, out var rows))
                {
                    _records[generation] = rows = [];
                }

                rows.Add((log.ShardIndex, first), (run.Count, run.Bytes.ToArray()));
                first += run.Count;
            }

            log.OnSaved(end);
        }

        batch.Written.SetResult();
    }

    /// <summary>Fails the transaction: its tasks fail, and the next transaction contains its changes too.</summary>
    public void Fail()
    {
        var failed = _next;
        _next = new();
        _next.Retry(failed);
        failed.Written.SetException(new InvalidOperationException("The disk is full."));
        _ = failed.Written.Task.Exception;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private Task Ask(Action<WriteBatch> add)
    {
        Assert.False(_loading, "Nothing may be written while the store is read.");
        add(_next);
        return _next.Written.Task;
    }
}
