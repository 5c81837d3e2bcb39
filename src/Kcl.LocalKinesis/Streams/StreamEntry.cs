using System.Collections.Immutable;
using Kcl.LocalKinesis.Records;

namespace Kcl.LocalKinesis.Streams;

/// <summary>A shard's moving parts: its records, and what it may still read and write this second.</summary>
internal sealed record ShardRuntime(ShardLog Log, Throughput? Throughput);

/// <summary>One living stream: the current value of its model, and the logs of its shards.</summary>
internal sealed class StreamEntry : IShardWindow
{
    private readonly Lock _lock = new();
    private readonly ServerClock _clock;
    private readonly double? _limits;
    private readonly bool _durable;
    private volatile StreamModel _model;
    private volatile Routing? _routing;
    private ImmutableArray<ShardRuntime> _shards = [];

    public StreamEntry(StreamModel model, ServerClock clock, double? limits, bool durable)
    {
        (_model, _clock, _limits, _durable) = (model, clock, limits, durable);
        Grow(model);
    }

    public long Now => _clock.Now;

    /// <summary>The model as it was last written, whatever time it is now.</summary>
    public StreamModel Written => _model;

    /// <summary>The stream as it is now; null once it is deleted.</summary>
    public StreamModel? Current(long now)
    {
        var model = _model;
        if (IsStill(model, now))
        {
            return model;
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
                _routing = routing = Routing.At(_model.Shards, now);
            }
        }

        return routing;
    }

    long IShardWindow.CreateSecond(int shardIndex) => _model.Shards[shardIndex].CreateSecond;

    long IShardWindow.RoutedUntil(int shardIndex) => Current(Now) is { } model ? model.Shards[shardIndex].RoutedUntil : 0;

    private static bool IsStill(StreamModel model, long now)
    {
        if (model.Pending is { } pending && pending.DueAt <= now)
        {
            return false;
        }

        foreach (var consumer in model.Consumers)
        {
            if (consumer.GoneAt <= now)
            {
                return false;
            }
        }

        return true;
    }

    private StreamModel? Advance(long now)
    {
        var next = StreamLifecycle.At(_model, now);
        if (next is not null && !ReferenceEquals(next, _model))
        {
            Publish(next);
        }

        return next;
    }

    private void Publish(StreamModel model)
    {
        Grow(model);
        var reshaped = model.Shards != _model.Shards;
        _model = model;
        if (reshaped)
        {
            _routing = null;
        }
    }

    private void Grow(StreamModel model)
    {
        var shards = _shards;
        for (var index = shards.Length; index < model.Shards.Length; index++)
        {
            shards = shards.Add(new(new ShardLog(this, index, _durable), _limits is { } factor ? new Throughput(factor, _clock.Now) : null));
        }

        _shards = shards;
    }
}
