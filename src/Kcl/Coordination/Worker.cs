using Kcl.Consuming;
using Kcl.Coordination.Assignment;
using Kcl.Coordination.Leadership;
using Kcl.Coordination.ShardSync;
using Kcl.Internal;
using Kcl.Kinesis;
using Kcl.Leasing;
using Kcl.Leasing.Taking;
using Kcl.Streams;

namespace Kcl.Coordination;

/// <summary>
/// Coordinates one worker: takes leases, runs their shards, performs the tasks of a leader, and stops them in order. It does not handle
/// records.
/// </summary>
internal sealed class Worker : IDisposable
{
    // How long a stop waits for processors after their tokens were canceled.
    private static readonly TimeSpan AbortTimeout = TimeSpan.FromSeconds(5);
    private readonly CoordinationSettings _settings;
    private readonly CoordinationServices _services;
    private readonly StreamMonitor _stream;
    private readonly ShardListReader _shards;
    private readonly LeaseTaker _taker;
    private readonly ParentShardTracker _parents;
    private readonly ShardRunner _runner;
    private readonly LeaderTasks _leaderTasks;
    private readonly WorkerStartup _startup;
    private readonly SupervisedLoop _takingLoop;
    private readonly SupervisedLoop _maintenanceLoop;
    private readonly LogThrottle _listFailureLogThrottle;
    private readonly LogThrottle _unreadableLogThrottle;
    private readonly LogThrottle _otherStreamsLogThrottle;
    private IReadOnlyList<Lease> _leases = [];
    private int _listFailures;

    /// <param name="settings">The settings of the stream.</param>
    /// <param name="id">The id of the worker.</param>
    /// <param name="services">The services of the coordination.</param>
    /// <param name="kinesis">The client.</param>
    /// <param name="consumers">Creates the consumers of shards.</param>
    /// <param name="prepareRetrieval">Prepares the retrieval.</param>
    public Worker(
        CoordinationSettings settings,
        WorkerId id,
        CoordinationServices services,
        IKinesisClient kinesis,
        ShardConsumerFactory consumers,
        PrepareRetrieval prepareRetrieval)
    {
        _settings = settings;
        Id = id;
        _services = services;
        _shards = new(kinesis, settings.Stream, services.Time);
        _listFailureLogThrottle = new(services.Time);
        _unreadableLogThrottle = new(services.Time);
        _otherStreamsLogThrottle = new(services.Time);
        _stream = new(services, kinesis, settings.Stream);
        _parents = new(services, _stream.Keys, settings.MaxParentPollInterval);
        var gate = new LeaseTakingGate(services);
        var leases = new LeaseCreator(services, _shards, _stream, settings.Start);
        var maintenance = new LeaseMaintenance(services, _shards, _stream, leases, settings, RequestTaking);
        var firstLeases = new FirstLeaseCreator(services, _stream, _shards, leases, gate);
        var decider = new CountBasedDecider(new(settings.MaxLeases, settings.MaxLeasesToSteal));
        _taker = new(services.Leasing, id, decider, CreateTakingRules(gate, firstLeases));
        _leaderTasks = new(services, _stream, maintenance, gate, id, settings.ShardSyncInterval);
        var coordination = new ShardCoordination(services, _shards, _stream, _parents, RequestTaking, RequestStreamCheck);
        _runner = new(services, consumers, coordination, OnShardEnded, RequestTaking);
        _startup = new(services, _stream, maintenance, firstLeases, gate, prepareRetrieval);
        var backoff = new Backoff(
            TimeSpan.FromMilliseconds(200), services.Timing.RenewalInterval, services.Chance, TimeSpan.FromMilliseconds(50));
        _takingLoop = new("taking leases", TakeAsync, backoff, services.Time, services.Logger);
        _maintenanceLoop = new("tasks of the leader", _leaderTasks.RunOnceAsync, backoff, services.Time, services.Logger);
    }

    /// <summary>Gets the id of the worker.</summary>
    public WorkerId Id { get; }

    /// <summary>
    /// Gets every shard of the application: the shards of this worker in their current state, the others as last read from the lease table.
    /// </summary>
    public IReadOnlyList<ShardStatus> Shards
    {
        get
        {
            var here = _runner.Running.ToDictionary(r => r.Lease.Key);
            var elsewhere = Volatile.Read(ref _leases).Where(l => !here.ContainsKey(l.Key));
            return [.. elsewhere.Select(StatusOf).Concat(here.Values.Select(StatusOf)).OrderBy(s => s.Shard)];
        }
    }

    /// <summary>Runs until a stop is requested, and then stops.</summary>
    /// <exception cref="KclException">The worker cannot start, and a retry would not help.</exception>
    public async Task RunAsync(CancellationToken stop)
    {
        CoordinationLog.Starts(_services.Logger, Id, _settings.Application, _settings.Stream);
        try
        {
            await _startup.RunAsync(stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return;
        }

        _takingLoop.Start();
        _maintenanceLoop.Start();
        var stopping = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (stop.UnsafeRegister(static state => ((TaskCompletionSource)state!).TrySetResult(), stopping).ConfigureAwait(false))
        {
            await stopping.Task.ConfigureAwait(false);
        }

        await StopAsync().ConfigureAwait(false);
    }

    public void Dispose() => _shards.Dispose();

    private async Task StopAsync()
    {
        var startedAt = _services.Time.GetTimestamp();
        CoordinationLog.StopStep(_services.Logger, "take no more leases");
        await _takingLoop.DisposeAsync().ConfigureAwait(false);
        await _maintenanceLoop.DisposeAsync().ConfigureAwait(false);

        CoordinationLog.StopStep(_services.Logger, "let the processors finish and checkpoint, and release their leases");
        await _runner.StopAsync(_settings.ShutdownTimeout, AbortTimeout).ConfigureAwait(false);
        CoordinationLog.Stopped(_services.Logger, Id, _services.Time.GetElapsedTime(startedAt));
    }

    private TakingRules CreateTakingRules(LeaseTakingGate gate, FirstLeaseCreator firstLeases) => new(
        _stream.Keys.Select,
        gate.MayTakeAsync,
        lease => _stream.Identity is not { } identity || LeaseAnnotations.StreamOf(lease)?.To(identity) is null or StreamRelation.Same,
        lease => LeaseAnnotations.OnTake(lease, _stream.Identity, _stream.Now, _settings.Start.Instant),
        firstLeases.IsFirstReader);

    private async ValueTask<TimeSpan> TakeAsync(CancellationToken cancellationToken)
    {
        LeaseTakeResult round;
        try
        {
            round = await _taker.RunRoundAsync(_runner.Held, cancellationToken).ConfigureAwait(false);
            _listFailures = 0;
        }
        catch (KclException exception)
        {
            // Leases are held and renewed independently of this. A store that fails is read less often; failures are logged once a minute.
            _listFailures++;
            if (_listFailureLogThrottle.ShouldReport())
            {
                LeasingLog.ListFails(_services.Leasing.Logger, exception, _listFailures);
            }

            var jitter = _services.Chance.NextDouble();
            return Backoff.Compute(
                LeaseTiming.ScanInterval(workers: 1),
                _services.Timing.RenewalInterval,
                floor: default,
                _listFailures,
                jitter);
        }

        foreach (var lease in round.Taken)
        {
            _runner.Begin(lease);
        }

        var taken = round.Taken.Count;
        if (taken > 0)
        {
            CoordinationLog.LeasesTaken(_services.Logger, round.Plan.Mine + taken, round.Plan.Target, round.Plan.Workers, taken);
        }

        LogUnusableRows(round.Leases);
        Volatile.Write(ref _leases, round.Leases);
        _parents.OnObserved(round.Leases);
        _leaderTasks.OnObserved(round.Leases);
        return round.NextRoundDelay;
    }

    private void OnShardEnded(RunningShard shard, ShardConsumerOutcome outcome)
    {
        var (key, shardId) = (shard.Lease.Key, shard.Lease.Current.ShardId);
        var gaveUp = outcome == ShardConsumerOutcome.GaveUp;
        _taker.OnLeaseEnded(shard.Lease.Loss!, key, gaveUp);
        if (outcome == ShardConsumerOutcome.ShardEnded)
        {
            _parents.OnFinished(key);
            _taker.ClearBackoff(key);
            CoordinationLog.ShardFinished(_services.Logger, shardId);
        }
        else if (gaveUp)
        {
            CoordinationLog.ShardGivenUp(_services.Logger, shardId, _taker.GetBackoff(key));
        }
    }

    private void LogUnusableRows(LeaseListing leases)
    {
        if (leases.Unreadable.Count > 0 && _unreadableLogThrottle.ShouldReport())
        {
            foreach (var row in leases.Unreadable)
            {
                CoordinationLog.LeaseUnreadable(_services.Logger, row.Key, row.Problem);
            }
        }

        if (leases.OtherStreams.Count > 0 && _otherStreamsLogThrottle.ShouldReport())
        {
            CoordinationLog.LeasesOfOtherStreams(_services.Logger, StreamLeaseKeys.Describe(leases.OtherStreams), _settings.Stream);
        }
    }

    private ShardStatus StatusOf(Lease lease) => ShardStatus.Elsewhere(_stream.Keys.Shard(lease.ShardId), lease, Id);

    private ShardStatus StatusOf(RunningShard running)
    {
        var lease = running.Lease.Current;
        return ShardStatus.Here(_stream.Keys.Shard(lease.ShardId), lease, running.Consumer?.Status, Id);
    }

    private void RequestTaking() => _takingLoop.Wake();

    private void RequestStreamCheck()
    {
        _leaderTasks.RequestStreamCheck();
        _maintenanceLoop.Wake();
    }
}
