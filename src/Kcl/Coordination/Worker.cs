using Kcl.Consuming;
using Kcl.Internal;
using Kcl.Kinesis;
using Kcl.Leasing;
using Kcl.Streams;

namespace Kcl.Coordination;

/// <summary>The control room of one worker: takes leases, runs their shards, does the fleet's chores, stops in order. It touches no record.</summary>
internal sealed class Worker : IDisposable
{
    private static readonly TimeSpan LastPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BetweenWarnings = TimeSpan.FromMinutes(1);
    private readonly KinesisConsumerOptions _options;
    private readonly LeasingServices _context;
    private readonly ShardListReader _shards;
    private readonly StreamWatch _stream;
    private readonly LeaseTaker _taker;
    private readonly ParentShardTracker _parents;
    private readonly ShardRunner _runner;
    private readonly LeaderTasks _chores;
    private readonly WorkerStartup _startUp;
    private readonly SupervisedLoop _taking;
    private readonly SupervisedLoop _chorus;
    private readonly LogThrottle _listFailureTold;
    private readonly LogThrottle _unreadableTold;
    private readonly LogThrottle _otherStreamsLogged;
    private IReadOnlyList<Lease> _leases = [];
    private int _listFailures;

    public Worker(
        KinesisConsumerOptions options,
        WorkerId id,
        LeasingServices context,
        IKinesisClient kinesis,
        ShardConsumerFactory factory,
        PrepareRetrieval prepareRetrieval)
    {
        (_options, Id, _context) = (options, id, context);
        _shards = new(kinesis, options.Stream.Identifier, context.Time);
        _listFailureTold = new(BetweenWarnings, context.Time);
        _unreadableTold = new(BetweenWarnings, context.Time);
        _otherStreamsLogged = new(BetweenWarnings, context.Time);
        var stream = new StreamWatch(context, kinesis, options.Stream.Identifier);
        _stream = stream;
        _parents = new(context, stream.Keys, options.ParentShardPollInterval);
        var posture = new LeaseTakingGate(context);
        var sync = new ShardSync(context, _shards, stream, options.Stream.InitialPosition);
        var upkeep = new LeaseMaintenance(context, _shards, stream, sync, options.ApplicationName, options.CleanUpLeasesOfFinishedShards, LookNow);
        var bootstrap = new Bootstrap(context, stream, _shards, sync, posture);
        var rules = new TakingRules(
            stream.Keys.Select,
            posture.MayTakeAsync,
            lease => stream.Identity is not { } identity || LeaseAnnotations.StreamOf(lease)?.To(identity) is null or StreamRelation.Same,
            lease => LeaseAnnotations.OnTake(lease, stream.Identity, stream.Now, options.Stream.InitialPosition.Timestamp),
            bootstrap.IsFirstReader);
        _taker = new(context, id, new(options.MaxLeasesForWorker, options.MaxLeasesToStealAtOneTime), rules);
        _chores = new(context, stream, upkeep, posture, id, options.ShardSyncInterval);
        _runner = new(context, factory, new ShardCoordination(context, _shards, stream, _parents, LookNow, Suspect), ShardOver, LookNow);
        _startUp = new(context, stream, upkeep, bootstrap, posture, prepareRetrieval);
        var backoff = new Backoff(TimeSpan.FromMilliseconds(200), context.Timing.RenewalInterval, context.Random, TimeSpan.FromMilliseconds(50));
        _taking = new("taking leases", TakeAsync, backoff, context.Time, context.Logger);
        _chorus = new("fleet chores", _chores.RoundAsync, backoff, context.Time, context.Logger);
    }

    public WorkerId Id { get; }

    /// <summary>Every lease of the application as last read, with what runs here.</summary>
    public IReadOnlyList<ShardStatus> Shards
    {
        get
        {
            var here = _runner.Running.ToDictionary(r => r.Lease.Key);
            var elsewhere = Volatile.Read(ref _leases).Where(l => !here.ContainsKey(l.Key));
            return
            [
                .. elsewhere.Select(l => ShardStatus.Elsewhere(_stream.Keys.Shard(l.ShardId), l, Id))
                    .Concat(here.Values.Select(r => r.Lease.Current is var lease
                        ? ShardStatus.Here(_stream.Keys.Shard(lease.ShardId), lease, r.Consumer?.Status, Id)
                        : null!))
                    .OrderBy(s => s.Shard),
            ];
        }
    }

    public async Task RunAsync(CancellationToken stop)
    {
        CoordinationLog.Starts(_context.Logger, Id, _options.ApplicationName, _options.Stream.Identifier);
        try
        {
            await _startUp.RunAsync(stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return;
        }

        _taking.Start();
        _chorus.Start();
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
        var startedAt = _context.Time.GetTimestamp();
        CoordinationLog.StopStep(_context.Logger, "take no more leases");
        await _taking.DisposeAsync().ConfigureAwait(false);
        await _chorus.DisposeAsync().ConfigureAwait(false);

        CoordinationLog.StopStep(_context.Logger, "let the processors finish, checkpoint and give their leases back");
        await _runner.StopAsync(_options.ShutdownTimeout, LastPatience).ConfigureAwait(false);
        CoordinationLog.Stopped(_context.Logger, Id, _context.Time.GetElapsedTime(startedAt));
    }

    private async ValueTask<TimeSpan> TakeAsync(CancellationToken cancellationToken)
    {
        LeaseTakeResult round;
        try
        {
            round = await _taker.RoundAsync(_runner.Held, cancellationToken).ConfigureAwait(false);
            _listFailures = 0;
        }
        catch (KclException exception)
        {
            // Leases are held and renewed without this; a store in trouble is not asked all the time, and told of once a minute.
            _listFailures++;
            if (_listFailureTold.ShouldReport())
            {
                LeasingLog.ListFails(_context.Logger, exception, _listFailures);
            }

            return Backoff.Compute(LeaseScanPacing.Steady(1), _context.Timing.RenewalInterval, default, _listFailures, _context.NextDouble());
        }

        foreach (var lease in round.Taken)
        {
            _runner.Begin(lease);
        }

        if (round.Taken.Count > 0)
        {
            CoordinationLog.LeasesTaken(_context.Logger, round.Plan.Mine + round.Taken.Count, round.Plan.Target, round.Plan.Workers, round.Taken.Count);
        }

        LogUnusableRows(round.Leases);
        Volatile.Write(ref _leases, round.Leases);
        _parents.OnObserved(round.Leases);
        _chores.Seen(round.Leases);
        return round.Rest;
    }

    private void ShardOver(RunningShard shard, ShardConsumerOutcome outcome)
    {
        var gaveUp = outcome == ShardConsumerOutcome.GaveUp;
        _taker.Ended(shard.Lease.Loss!, shard.Lease.Key, gaveUp);
        if (outcome == ShardConsumerOutcome.ShardEnded)
        {
            _parents.OnFinished(shard.Lease.Key);
            _taker.Thrives(shard.Lease.Key);
            CoordinationLog.ShardFinished(_context.Logger, shard.Lease.Current.ShardId);
        }
        else if (gaveUp)
        {
            CoordinationLog.ShardGivenUp(_context.Logger, shard.Lease.Current.ShardId, _taker.PauseOf(shard.Lease.Key));
        }
    }

    private void LogUnusableRows(LeaseListing leases)
    {
        if (leases.Unreadable.Count > 0 && _unreadableTold.ShouldReport())
        {
            foreach (var row in leases.Unreadable)
            {
                CoordinationLog.LeaseUnreadable(_context.Logger, row.Key, row.Problem);
            }
        }

        if (leases.OtherStreams.Count > 0 && _otherStreamsLogged.ShouldReport())
        {
            CoordinationLog.LeasesOfOtherStreams(_context.Logger, StreamLeaseKeys.Describe(leases.OtherStreams), _stream.Name);
        }
    }

    private void LookNow() => _taking.Wake();

    private void Suspect()
    {
        _chores.Suspect();
        _chorus.Wake();
    }
}
