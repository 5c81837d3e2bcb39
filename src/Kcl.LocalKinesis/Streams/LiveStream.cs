using System.Collections.Immutable;
using Kcl.LocalKinesis.Records;
using Kcl.LocalKinesis.Storage;

namespace Kcl.LocalKinesis.Streams;

/// <summary>A shard's moving parts: its records, and what it may still read and write this second.</summary>
internal sealed record ShardRuntime(ShardLog Log, Throughput? Throughput);

/// <summary>One living stream: the current value of its model, and the logs of its shards.</summary>
internal sealed class LiveStream : IShardWindow
{
    private readonly Lock _lock = new();
    private readonly ServerClock _clock;
    private readonly double? _limits;
    private readonly IServerStore _store;
    private volatile Snapshot _snapshot;
    private volatile Routing? _routing;
    private ImmutableArray<ShardRuntime> _shards = [];
    private uint _turn;

    public LiveStream(StreamModel model, ServerClock clock, double? limits, IServerStore store)
    {
        (_snapshot, _clock, _limits, _store) = (Snapshot.Of(model), clock, limits, store);
        Grow(model.Shards.Length);
    }

    public long Now => _clock.Now;

    /// <summary>The model as it was last written, whatever time it is now.</summary>
    public StreamModel Written => _snapshot.Model;

    /// <summary>The first instant at which time makes something else of the stream.</summary>
    public long ChangesAt => _snapshot.ChangesAt;

    /// <summary>Counts up: whose turn it is to take a record that no key assigns to a shard.</summary>
    public uint NextTurn() => Interlocked.Increment(ref _turn);

    /// <summary>The stream as it is now; null once it is deleted.</summary>
    public StreamModel? Current(long now)
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
    /// <param name="now">The time of the change.</param>
    /// <param name="change">From the stream as it is now to what it becomes; what it throws, the caller meets.</param>
    /// <returns>What it became.</returns>
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

    /// <summary>The shard with an index that exists.</summary>
    public ShardRuntime Shard(int index) => _shards[index];

    /// <summary>The log that takes in a shard's saved records, whether the model has that shard yet or time has to pass first.</summary>
    public ShardLog LogToLoad(int index)
    {
        Grow(index + 1);
        return _shards[index].Log;
    }

    /// <summary>All shards' moving parts.</summary>
    public ImmutableArray<ShardRuntime> Shards => _shards;

    /// <summary>Wakes whoever waits for records: the stream is no longer what it was.</summary>
    public void PulseAll()
    {
        foreach (var shard in _shards)
        {
            shard.Log.Pulse();
        }
    }

    /// <summary>Who takes which record now.</summary>
    public Routing RoutingAt(long now)
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

    long IShardWindow.RoutedUntil(int shardIndex) => Current(Now) is { } model ? model.Shards[shardIndex].RoutedUntil : 0;

    // What time made of the stream is saved like any other change, so that the file never has records of shards that its model lacks.
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
        Grow(model.Shards.Length);
        var reshaped = model.Shards != _snapshot.Model.Shards;
        _snapshot = Snapshot.Of(model);
        if (reshaped)
        {
            _routing = null;
        }
    }

    private void Grow(int count)
    {
        var shards = _shards;
        for (var index = shards.Length; index < count; index++)
        {
            var throughput = _limits is { } factor ? new Throughput(factor, _clock.Now) : null;
            shards = shards.Add(new(new ShardLog(this, index, _store.IsDurable), throughput));
        }

        _shards = shards;
    }

    /// <summary>The model, and how long it is the current one: worked out once, since every record asks.</summary>
    private sealed record Snapshot(StreamModel Model, long ChangesAt)
    {
        public static Snapshot Of(StreamModel model) => new(model, StreamLifecycle.ChangesAt(model));
    }
}
