using Kcl.Kinesis.Diagnostics;
using Kcl.Leasing;
using Microsoft.Extensions.Logging;

namespace Kcl.Simulation;

/// <summary>One process: a machine, its wires, and the real consumer on it.</summary>
internal sealed class SimulatedWorker : IShardRecordProcessorFactory, IDisposable
{
    private static readonly TimeSpan ClientTimeout = TimeSpan.FromSeconds(5);
    private readonly SimulatedFleet _fleet;
    private readonly Random _random;
    private readonly CancellationTokenSource _stop = new();
    private TimeSpan _frozenAt = TimeSpan.MinValue;
    private int? _callsUntilCrash;

    public SimulatedWorker(SimulatedFleet fleet, WorkerId id, VirtualClock clock, Random random)
    {
        (_fleet, Id, Clock, _random) = (fleet, id, clock, random);
    }

    public WorkerId Id { get; }

    public VirtualClock Clock { get; }

    /// <summary>Its host's log; null where it has none.</summary>
    public SimulatedLog? Log { get; init; }

    /// <summary>Whether its log has something to do, and does it.</summary>
    public bool IsLogBusy =>
        Log is { } log && QueuedLoggerFactory.Wrap(log) is QueuedLoggerFactory queued && queued.Queue.IsBusy && !log.IsBlocked;

    public Task Run { get; private set; } = Task.CompletedTask;

    public bool IsStopping => _stop.IsCancellationRequested;

    /// <summary>Whether it is there and wants to stay.</summary>
    public bool IsRunning => !Clock.IsDead && !IsStopping && !IsMisnamed;

    /// <summary>Whether its consumer has got past its start: then it survives a stream that does not exist.</summary>
    public bool HasStarted { get; set; }

    /// <summary>Whether it was configured with another stream by mistake.</summary>
    public bool IsMisnamed { get; init; }

    public bool WasFrozenSince(TimeSpan instant) => Clock.IsFrozen || _frozenAt >= instant;

    public void Start(KinesisConsumerOptions options, Faults storeFaults, Faults streamFaults, ILoggerFactory loggers)
    {
        if (QueuedLoggerFactory.Wrap(loggers) is QueuedLoggerFactory queued)
        {
            queued.FlushClock = Clock;
        }

        var services = new KinesisConsumerServices
        {
            KinesisClient = new SimulatedKinesis(
                IsMisnamed ? _fleet.OtherStream : _fleet.Stream,
                new(streamFaults, Clock, _fleet.World, CrashPoint, ClientTimeout),
                _fleet.World.GetUtcNow,
                limit: _random.Next(1, 20)),
            LeaseStore = new SimulatedLeaseStore(
                _fleet.Table,
                new(storeFaults, Clock, _fleet.World, CrashPoint),
                new(storeFaults, Clock, _fleet.World, CrashPoint, ClientTimeout),
                _fleet.Invariants,
                this),
            ProcessorFactory = this,
            LoggerFactory = loggers,
            TimeProvider = Clock,
            Random = _random,
        };
        try
        {
            Run = RunAsync(_fleet.Options.MakeConsumer(options, services));
        }
        catch (IOException exception)
        {
            _fleet.Timeline.Break($"{Id} could not be made: {exception.Message}");
        }
    }

    public void Stop() => _ = _stop.CancelAsync();

    public void CrashAfter(int calls) => _callsUntilCrash = calls;

    public void Freeze() => Clock.Freeze();

    public void Thaw()
    {
        _frozenAt = _fleet.Time.Now;
        Clock.Thaw();
    }

    public IShardRecordProcessor Create(ShardId shardId)
    {
        HasStarted = true;
        return new SimulatedProcessor(new(this, shardId), _fleet.Invariants, Clock, _random, () => _fleet.IsCalm);
    }

    public void Dispose()
    {
        _stop.Dispose();
        if (Log is { } log)
        {
            // A thread that is blocked in it continues, and ends.
            log.Fault = LogFaults.None;
        }
    }

    private async Task RunAsync(KinesisConsumer consumer)
    {
        await using (consumer.ConfigureAwait(false))
        {
            await consumer.RunAsync(_stop.Token).ConfigureAwait(false);
        }
    }

    private void CrashPoint(string what)
    {
        if (_callsUntilCrash is { } left && !Clock.IsDead && !_fleet.IsCalm)
        {
            _callsUntilCrash = left - 1;
            if (left <= 0)
            {
                _fleet.Timeline.Add($"{Id} crashes at {what}");
                Clock.Kill();
            }
        }
    }
}
