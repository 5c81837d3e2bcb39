using System.Collections.Concurrent;
using Kcl.LocalKinesis.Errors;
using Kcl.LocalKinesis.RecordLog;

namespace Kcl.LocalKinesis.Model;

/// <summary>
/// The streams of a server. Every method that returns streams also removes those whose deletion is complete, here and in the store. All
/// times are in milliseconds since the Unix epoch.
/// </summary>
internal sealed class StreamCatalog
{
    private const int MaxStreamsBeingCreated = 5;
    private readonly ConcurrentDictionary<string, LiveStream> _byName = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<long, LiveStream> _byGeneration = [];
    private readonly Lock _lock = new();
    private readonly ServerContext _context;
    private readonly IServerStore _store;
    private long _lastGeneration;

    public StreamCatalog(ServerContext context, IServerStore store)
    {
        _context = context;
        _store = store;
        Load();
    }

    /// <summary>Returns the existing streams, ordered by name. Removes streams whose deletion is complete.</summary>
    public IEnumerable<StreamModel> GetAll(long now)
    {
        foreach (var live in _byName.Values.OrderBy(live => live.LastModel.Name, StringComparer.Ordinal))
        {
            if (GetModel(live, now) is { } model)
            {
                yield return model;
            }
        }
    }

    /// <summary>Returns the stream with a name. Removes the stream if its deletion is complete.</summary>
    /// <exception cref="ServiceErrorException">It does not exist.</exception>
    public (LiveStream Live, StreamModel Model) Get(string name, long now) =>
        _byName.TryGetValue(name, out var live) && GetModel(live, now) is { } model
            ? (live, model)
            : throw _context.Errors.StreamNotFound(name);

    /// <summary>
    /// Returns the stream for which an iterator or page token was issued; null if it no longer exists. Removes the stream if its deletion
    /// is complete.
    /// </summary>
    public (LiveStream Live, StreamModel Model)? FindByGeneration(long generation, long now) =>
        _byGeneration.TryGetValue(generation, out var live) && GetModel(live, now) is { } model ? (live, model) : null;

    /// <summary>Adds a stream. The task completes when the stream is stored durably; immediately if the store is not durable.</summary>
    /// <param name="name">The stream's name.</param>
    /// <param name="now">The current time, in milliseconds since the Unix epoch.</param>
    /// <param name="create">Creates the stream for a generation.</param>
    /// <exception cref="ServiceErrorException">The name is in use, or a limit is exceeded.</exception>
    public Task CreateAsync(string name, long now, Func<long, StreamModel> create)
    {
        lock (_lock)
        {
            var all = GetAll(now).ToArray();
            if (all.Any(stream => stream.Name == name))
            {
                throw _context.Errors.StreamExists(name);
            }

            if (all.Count(stream => stream.Status == StreamStatus.Creating) >= MaxStreamsBeingCreated)
            {
                throw _context.Errors.TooManyStreamsBeingCreated(MaxStreamsBeingCreated);
            }

            // Larger than any earlier generation, including those of deleted streams, because the clock never goes back.
            _lastGeneration = Math.Max(_lastGeneration + 1, now);
            var model = create(_lastGeneration);
            ThrowIfShardLimitExceeded(all.Sum(stream => stream.OpenShardCount), model.OpenShardCount);

            // Passed to the store before the stream is visible, so that it is written before its records.
            var saved = _store.SaveAsync(model);
            _byName[name] = _byGeneration[model.Generation] = CreateLive(model);
            return saved;
        }
    }

    /// <summary>Returns the number of open shards of all streams.</summary>
    public int CountOpenShards(long now) => GetAll(now).Sum(stream => stream.OpenShardCount);

    /// <summary>Throws if shards would exceed the account's limit.</summary>
    /// <param name="open">The number of open shards.</param>
    /// <param name="additional">The number of shards to add.</param>
    /// <exception cref="ServiceErrorException">The limit would be exceeded.</exception>
    public void ThrowIfShardLimitExceeded(int open, int additional)
    {
        var limit = _context.Options.ShardLimit;
        if (additional > limit - open)
        {
            throw _context.Errors.ShardLimitExceeded(open, limit, additional);
        }
    }

    /// <summary>Changes a stream. The task completes when the change is stored durably; immediately if the store is not durable.</summary>
    /// <exception cref="ServiceErrorException">The stream has been deleted, or <paramref name="change"/> rejected the change.</exception>
    public async Task<StreamModel> ChangeAsync(LiveStream live, long now, Func<StreamModel, StreamModel> change)
    {
        var saved = Task.CompletedTask;
        var model = live.Change(now, current =>
        {
            // Passed to the store under the lock of the stream, so that changes are written in the order in which they were made.
            var next = change(current);
            saved = _store.SaveAsync(next);
            return next;
        });
        await saved.ConfigureAwait(false);
        return model ?? throw _context.Errors.StreamNotFound(live.LastModel.Name);
    }

    /// <summary>
    /// Saves the records that were appended to shards. The task completes when they are stored durably; immediately if the store is not
    /// durable. Expired records are dropped here too, because these shards may never be read.
    /// </summary>
    public Task SaveRecordsAsync(LiveStream live, StreamModel model, IReadOnlyCollection<int> shards, long now)
    {
        foreach (var index in shards)
        {
            _ = DropExpired(model, live.GetShard(index).Log, now);
        }

        return _store.IsDurable
            ? Task.WhenAll(shards.Select(index => _store.SaveAsync(model.Generation, live.GetShard(index).Log)))
            : Task.CompletedTask;
    }

    /// <summary>Drops records that are older than the retention period.</summary>
    /// <returns>The time before which records have expired, in milliseconds since the Unix epoch.</returns>
    public long DropExpired(StreamModel model, ShardLog log, long now)
    {
        var horizon = now - model.RetentionMilliseconds;
        if (log.Trim(horizon) is > 0 and var first)
        {
            _store.Trim(model.Generation, log.ShardIndex, first);
        }

        return horizon;
    }

    // First everything is read, then changes that were due while the server was stopped are applied. The store must not be written before
    // everything is read.
    private void Load()
    {
        var clock = _context.Clock;
        foreach (var model in _store.Streams)
        {
            // The children of an ended shard were opened at a stored time. If the clock were behind it, neither parent nor children would
            // accept records.
            _ = clock.NotBefore(model.Shards.Aggregate(model.CreatedAt, (latest, shard) => Math.Max(latest, shard.OpenedAt)));
            var live = CreateLive(model);
            _store.Load(model.Generation, new StreamLoader(live, clock));
            _byName[model.Name] = _byGeneration[model.Generation] = live;
            _lastGeneration = Math.Max(_lastGeneration, model.Generation);
        }

        _store.CompleteLoading();
        var now = clock.Now;
        _lastGeneration = Math.Max(_lastGeneration, now);
        foreach (var live in _byGeneration.Values)
        {
            // A stream may have been deleted, and records may have expired, while the server was stopped.
            if (GetModel(live, now) is { } model)
            {
                foreach (var shard in live.Shards)
                {
                    _ = DropExpired(model, shard.Log, now);
                }
            }
        }
    }

    private LiveStream CreateLive(StreamModel model) => new(model, _context.Clock, _context.Options.Limits.Factor, _store);

    private StreamModel? GetModel(LiveStream live, long now)
    {
        if (live.GetModel(now) is { } model)
        {
            return model;
        }

        if (_byGeneration.TryRemove(KeyValuePair.Create(live.LastModel.Generation, live)))
        {
            _ = _byName.TryRemove(KeyValuePair.Create(live.LastModel.Name, live));

            // Not awaited: if the write fails, the deletion is repeated after the next startup.
            _ = _store.DeleteAsync(live.LastModel.Generation);
        }

        return null;
    }
}
