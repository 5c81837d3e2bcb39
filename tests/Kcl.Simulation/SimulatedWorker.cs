using Kcl.Kinesis.Diagnostics;
using Kcl.Leasing;
using Microsoft.Extensions.Logging;

namespace Kcl.Simulation;

/// <summary>A worker: a machine with its connections, and a real consumer on it.</summary>
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

    /// <summary>Gets the log of its host; null if there is none.</summary>
    public SimulatedLog? Log { get; init; }

    /// <summary>Gets a value indicating whether its log is writing entries.</summary>
    public bool IsLogBusy =>
        Log is { } log && QueuedLoggerFactory.Wrap(log) is QueuedLoggerFactory queued && queued.Queue.IsBusy && !log.IsBlocked;

    public Task Run { get; private set; } = Task.CompletedTask;

    public bool IsStopping => _stop.IsCancellationRequested;

    /// <summary>Gets a value indicating whether it is running, is not stopping, and has the right configuration.</summary>
    public bool IsRunning => !Clock.IsDead && !IsStopping && !IsMisnamed;

    /// <summary>
    /// Gets or sets a value indicating whether startup has completed. From then on, the consumer continues if the stream does not exist.
    /// </summary>
    public bool HasStarted { get; set; }

    /// <summary>Gets a value indicating whether it was configured with another stream by mistake.</summary>
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
            Run = RunAsync(_fleet.Options.CreateConsumer(options, services));
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
        return new SimulatedProcessor(new(this, shardId), _fleet.Invariants, Clock, _random, () => _fleet.HaveFaultsEnded);
    }

    public void Dispose()
    {
        _stop.Dispose();
        if (Log is { } log)
        {
            // A thread that is blocked in the log continues, and ends.
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
        if (_callsUntilCrash is { } left && !Clock.IsDead && !_fleet.HaveFaultsEnded)
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
