using System.Collections.Immutable;
using Kcl.LocalKinesis.RecordLog;

namespace Kcl.LocalKinesis.Model;

/// <summary>
/// A stream of a running server: the current value of its model, and the logs of its shards. All times are in milliseconds since the Unix
/// epoch.
/// </summary>
internal sealed class LiveStream : IShardWindow
{
    private readonly Lock _lock = new();
    private readonly ServerClock _clock;
    private readonly double? _throughputFactor;
    private readonly IServerStore _store;
    private volatile Snapshot _snapshot;
    private volatile Routing? _routing;
    private ImmutableArray<ShardRuntime> _shards = [];
    private uint _turn;

    public LiveStream(StreamModel model, ServerClock clock, double? throughputFactor, IServerStore store)
    {
        _snapshot = Snapshot.Of(model);
        _clock = clock;
        _throughputFactor = throughputFactor;
        _store = store;
        AddShards(model.Shards.Length);
    }

    public long Now => _clock.Now;

    /// <summary>
    /// Gets the model as of its last change. Changes that have taken effect since then are not included; see <see cref="GetModel"/>.
    /// </summary>
    public StreamModel LastModel => _snapshot.Model;

    /// <summary>Gets the time at which the next pending change of the stream takes effect.</summary>
    public long ChangesAt => _snapshot.ChangesAt;

    /// <summary>Gets the mutable state of all shards.</summary>
    public ImmutableArray<ShardRuntime> Shards => _shards;

    /// <summary>Returns the next number of the sequence that assigns records to shards regardless of their keys.</summary>
    public uint GetNextTurn() => Interlocked.Increment(ref _turn);

    /// <summary>Returns the stream at the current time, with all changes that have taken effect; null if it has been deleted.</summary>
    public StreamModel? GetModel(long now)
    {
        var snapshot = _snapshot;
        if (now < snapshot.ChangesAt)
        {
            return snapshot.Model;
        }

        lock (_lock)
        {
            return Advance(now);
        }
    }

    /// <summary>Changes the stream.</summary>
    /// <param name="now">The time of the change, in milliseconds since the Unix epoch.</param>
    /// <param name="change">Returns the changed stream; its exceptions are passed to the caller.</param>
    /// <returns>The changed stream; null if the stream has been deleted.</returns>
    public StreamModel? Change(long now, Func<StreamModel, StreamModel> change)
    {
        lock (_lock)
        {
            if (Advance(now) is not { } current)
            {
                return null;
            }

            var next = change(current);
            Publish(next);
            return next;
        }
    }

    /// <summary>Returns the mutable state of a shard.</summary>
    public ShardRuntime GetShard(int index) => _shards[index];

    /// <summary>Returns the log for a shard's stored records, even if the model does not have that shard yet.</summary>
    public ShardLog GetLogForLoading(int index)
    {
        AddShards(index + 1);
        return _shards[index].Log;
    }

    /// <summary>Wakes waiting readers after the stream changed.</summary>
    public void NotifyReaders()
    {
        foreach (var shard in _shards)
        {
            shard.Log.NotifyChanged();
        }
    }

    /// <summary>Returns the current assignment of records to shards.</summary>
    public Routing GetRouting(long now)
    {
        var routing = _routing;
        if (routing is null || now >= routing.ValidUntil)
        {
            lock (_lock)
            {
                _routing = routing = Routing.At(_snapshot.Model.Shards, now);
            }
        }

        return routing;
    }

    long IShardWindow.CreateSecond(int shardIndex) => _snapshot.Model.Shards[shardIndex].CreateSecond;

    long IShardWindow.RoutedUntil(int shardIndex) => GetModel(Now) is { } model ? model.Shards[shardIndex].RoutedUntil : 0;

    // A change that has become due is saved like any other change, so that the file never has records of shards that its model lacks.
    private StreamModel? Advance(long now)
    {
        var model = _snapshot.Model;
        var next = StreamLifecycle.At(model, now);
        if (next is not null && !ReferenceEquals(next, model))
        {
            _ = _store.SaveAsync(next);
            Publish(next);
        }

        return next;
    }

    private void Publish(StreamModel model)
    {
        AddShards(model.Shards.Length);
        var isReshaped = model.Shards != _snapshot.Model.Shards;
        _snapshot = Snapshot.Of(model);
        if (isReshaped)
        {
            _routing = null;
        }
    }

    private void AddShards(int count)
    {
        var shards = _shards;
        for (var index = shards.Length; index < count; index++)
        {
            var throughput = _throughputFactor is { } factor ? new Throughput(factor, _clock.Now) : null;
            shards = shards.Add(new(new ShardLog(this, index, _store.IsDurable), throughput));
        }

        _shards = shards;
    }

    /// <summary>The model and the time until which it is current, which is computed once because every record needs it.</summary>
    private sealed record Snapshot(StreamModel Model, long ChangesAt)
    {
        public static Snapshot Of(StreamModel model) => new(model, StreamLifecycle.ChangesAt(model));
    }
}
