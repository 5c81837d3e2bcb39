using Kcl.Kinesis.Diagnostics;
using Kcl.Leasing;
using Kcl.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kcl.Simulation;

/// <summary>
/// A fleet of real workers on virtual time, with a table and a stream whose faults are derived from the seed. Then the faults end, and it
/// is checked that the fleet recovers.
/// </summary>
/// <remarks>If the thread pool has one thread, the order of all events depends only on the seed, so a seed can be replayed.</remarks>
internal sealed class SimulatedFleet
{
    private static readonly TimeSpan MaxCallDelay = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan MaxListDelay = TimeSpan.FromSeconds(4);
    private readonly Random _random;
    private readonly Faults _storeFaults;
    private readonly Faults _streamFaults;
    private readonly TimeSpan _shardSyncInterval;
    private readonly Random? _logRandom;
    private int _names;

    private SimulatedFleet(int seed, SimulationOptions options, int? shards = null)
    {
        Options = options;
        _random = new Random(seed);
        World = new(Time);
        Timeline = new(Time, options.MaxEvents);
        Stream = new(shards ?? _random.Next(1, 6), World.GetUtcNow);
        OtherStream = new(_random.Next(1, 6), World.GetUtcNow, "other");
        Position = shards is null ? DrawPosition() : InitialPosition.TrimHorizon;
        Expected = new(Stream, Position, World.GetUtcNow);
        Invariants = new(Time, Table, Stream, Expected, Timeline, options.FailoverTime);
        _storeFaults = new(Draw());
        _streamFaults = new(Draw());
        _shardSyncInterval = TimeSpan.FromSeconds(_random.Next(5, 40));
        if (options.LogFaults != LogFaults.None)
        {
            _logRandom = Draw();
            Time.IsOtherThreadBusy = () => Invariants.Workers.Exists(static w => w.IsLogBusy);
        }
    }

    public SimulationOptions Options { get; }

    public VirtualTime Time { get; } = new();

    public VirtualClock World { get; }

    public Timeline Timeline { get; }

    public SimulatedStream Stream { get; }

    /// <summary>Gets another stream, with which a worker is configured by mistake.</summary>
    public SimulatedStream OtherStream { get; }

    /// <summary>Gets the initial position of the application.</summary>
    public InitialPosition Position { get; }

    public Expectations Expected { get; }

    public InMemoryLeaseStore Table { get; } = new();

    public Invariants Invariants { get; }

    /// <summary>Gets a value indicating whether the faults have ended.</summary>
    public bool HaveFaultsEnded { get; private set; }

    private IEnumerable<SimulatedWorker> Running => Invariants.Workers.Where(w => w.IsRunning);

    /// <summary>Creates a fleet without faults, except those that the caller causes.</summary>
    public static SimulatedFleet Scripted(int seed, int shards, SimulationOptions options) =>
        new(seed, options, shards) { HaveFaultsEnded = true };

    /// <summary>Runs the simulation of one seed.</summary>
    public static async Task<SimulationResult> RunAsync(int seed, SimulationOptions options)
    {
        var fleet = new SimulatedFleet(seed, options);
        await fleet.RunAsync().ConfigureAwait(false);
        fleet.Invariants.Workers.ForEach(w => w.Dispose());
        return new(
            seed,
            fleet.Timeline.Violation,
            fleet.Timeline.Events,
            fleet.Stream.Shards.Sum(s => s.Records.Count),
            fleet.Invariants.Deliveries,
            fleet.Invariants.Workers.Count,
            fleet.Time.Fired)
        {
            LogFailures = fleet.Invariants.Workers.Sum(w => w.Log?.Failures ?? 0),
        };
    }

    private async Task RunAsync()
    {
        // The stream has records before it is read for the first time.
        for (var i = 0; i < 5; i++)
        {
            Put();
            await Time.RunUntilAsync(Time.Now + TimeSpan.FromSeconds(1)).ConfigureAwait(false);
        }

        var workers = _random.Next(1, 5);
        for (var i = 0; i < workers; i++)
        {
            Join();
        }

        // The faults begin.
        while (Time.Now < Options.FaultDuration && Timeline.Violation is null)
        {
            Put();
            InjectFault();
            ChangeLogFaults();
            await Time.RunUntilAsync(Time.Now + TimeSpan.FromMilliseconds(_random.Next(200, 1500)), IsBroken).ConfigureAwait(false);
            CheckRuns();
        }

        if (Timeline.Violation is not null)
        {
            return;
        }

        // The faults have ended.
        EndFaults();
        await Time.RunUntilAsync(Time.Now + MaxCallDelay, IsBroken).ConfigureAwait(false); // calls that were already sent are still slow
        var calmAt = Time.Now;
        await UntilAsync(
            calmAt + Options.OwnedWithin,
            AllOwned,
            () => $"not every shard is owned {Options.OwnedWithin} after the last fault: {Unowned()}").ConfigureAwait(false);
        await UntilAsync(
            calmAt + Options.DeliveredWithin,
            AllDelivered,
            () => $"not every record is delivered {Options.DeliveredWithin} after the last fault: {Undelivered()}").ConfigureAwait(false);
        await UntilAsync(
            Time.Now + TimeSpan.FromSeconds(30),
            Balanced,
            () => $"the fleet does not come into balance: {Counts()}").ConfigureAwait(false);
        if (Timeline.Violation is null)
        {
            await Time.RunUntilAsync(Time.Now + (Options.FailoverTime / 2), IsBroken).ConfigureAwait(false);
            Require(Balanced, () => $"the fleet does not stay in balance: {Counts()}");
        }

        // All workers stop.
        var last = Running.ToList();
        last.ForEach(w => w.Stop());
        await UntilAsync(
            Time.Now + TimeSpan.FromSeconds(30),
            () => last.TrueForAll(w => w.Run.IsCompleted),
            () => "not every worker has stopped: " + string.Join(", ", last.Where(w => !w.Run.IsCompleted).Select(w => w.Id)))
            .ConfigureAwait(false);
        CheckRuns();
        var owned = Unfinished.Where(l => last.Exists(w => w.Id == l.Owner)).Select(l => $"{l.Key} of {l.Owner}, counter {l.Counter}");
        Require(() => !owned.Any(), () => $"a worker that stopped still owns leases: {string.Join(", ", owned)}");
    }

    public SimulatedWorker Join(WorkerId? again = null, bool isMisnamed = false)
    {
        var clock = new VirtualClock(Time) { Skew = TimeSpan.FromSeconds(_random.Next(-600, 600)) };
        var id = again ?? new WorkerId($"worker-{_names++:00}");
        var log = _logRandom is null ? null : new SimulatedLog(Timeline, id.Value) { Fault = DrawLogFault() };
        var worker = new SimulatedWorker(this, id, clock, Draw()) { Log = log, IsMisnamed = isMisnamed };
        Timeline.Add($"{worker.Id} starts{(isMisnamed ? " on another stream" : "")}");
        Invariants.Workers.Add(worker);
        ILoggerFactory loggers = log is not null ? Options.CreateLoggers(log)
            : Options.WithLogs ? new TimelineLoggers(Timeline, worker.Id.Value)
            : NullLoggerFactory.Instance;
        worker.Start(
            new()
            {
                ApplicationName = "simulated",
                Stream =
                {
                    Identifier = isMisnamed ? new StreamName("other") : SimulatedStream.Name,
                    InitialPosition = Position.Timestamp is { } instant && Table.Leases.Count > 0
                        ? InitialPosition.AtTimestamp(instant.AddSeconds(_random.Next(0, 4)))
                        : Position,
                },
                WorkerId = worker.Id,
                FailoverTime = Options.FailoverTime,
                ShardSyncInterval = _shardSyncInterval,
                MaxProcessorRetryDelay = TimeSpan.FromSeconds(2),
                MaxFailuresBeforeRelease = 1000,
                ShutdownTimeout = TimeSpan.FromSeconds(8),
            },
            _storeFaults,
            _streamFaults,
            loggers);
        return worker;
    }

    public void Put()
    {
        foreach (var shard in Stream.Open.Where(_ => _random.Next(2) == 0).ToList())
        {
            for (var i = _random.Next(1, 4); i > 0; i--)
            {
                Stream.Put(shard);
            }
        }
    }

    private void InjectFault()
    {
        if (_random.Next(Options.FavorsRecreations ? 2 : 4) != 0)
        {
            return;
        }

        var worker = Running.OrderBy(_ => _random.Next()).FirstOrDefault();
        switch (DrawFault())
        {
            case 0:
                worker?.CrashAfter(_random.Next(0, 40));
                break;
            case 1 when worker is { Clock.IsFrozen: false }:
                Timeline.Add($"{worker.Id} freezes");
                worker.Freeze();
                After(TimeSpan.FromSeconds(1 + (25 * _random.NextDouble())), () =>
                {
                    Timeline.Add($"{worker.Id} thaws");
                    worker.Thaw();
                });
                break;
            case 2:
                if (worker is not null)
                {
                    Timeline.Add($"{worker.Id} is asked to stop");
                    worker.Stop();
                }

                break;
            case 3 or 4 when Running.Count() < 5 && Stream.Exists:
                // Some workers start again with the same id.
                var names = Invariants.Workers.Select(w => w.Id)
                    .Where(id => Invariants.Workers.TrueForAll(w => w.Id != id || w.Clock.IsDead))
                    .Distinct()
                    .ToList();
                Join(names.Count > 0 && _random.Next(2) == 0 ? names[_random.Next(names.Count)] : null);
                break;
            case 5 when worker is not null:
                worker.Clock.Skew += TimeSpan.FromSeconds(_random.Next(-900, 900));
                Timeline.Add($"{worker.Id}'s wall clock jumps to {worker.Clock.Skew}");
                break;
            case 6 when Stream is { Exists: true, Shards.Count: < 16 }:
                var split = Stream.Open.OrderBy(_ => _random.Next()).First();
                Timeline.Add($"{split.Shard.ShardId} splits into {string.Join(", ", Stream.Split(split).Select(s => s.Shard.ShardId))}");
                DelayShardLists();
                break;
            case 7 when Stream is { Exists: true, Shards.Count: < 16 }:
                var merged = Stream.Open.OrderBy(_ => _random.Next()).First();
                if (Stream.MergeWithNext(merged) is { } child)
                {
                    Timeline.Add($"{string.Join(" and ", child.Shard.Parents)} merge into {child.Shard.ShardId}");
                    DelayShardLists();
                }

                break;
            case 8 or 9:
                CauseFaults(_storeFaults, "the table");
                break;
            case 10:
                CauseFaults(_streamFaults, "the stream");
                break;
            case 11 when Options.WithRecreations
                && Stream.Exists
                && Stream.Generation < (Options.FavorsRecreations ? 4 : 2)
                && Table.Leases.Count > 0
                && Invariants.Workers.TrueForAll(w => w.HasStarted || !w.IsRunning):
                Recreate();
                break;
            case 12 when Table.Leases.Count > 0 && Table.Leases.All(l => l.PrivateAttributes.Count > 0):
                Join(isMisnamed: true);
                break;
            default:
                break;
        }
    }

    // After crashes, leases of the earlier stream remain, and splits and merges create shards with their ids again.
    private int DrawFault()
    {
        if (!Options.FavorsRecreations || _random.Next(3) == 0)
        {
            return _random.Next(15);
        }

        return _random.Next(8) switch { 0 => 0, 1 => 3, 2 => 11, 3 or 4 or 5 => 6, _ => 7 };
    }

    private void DelayShardLists()
    {
        if (_random.Next(2) == 0)
        {
            Stream.OutdatedUntil = World.GetUtcNow() + (MaxListDelay * _random.NextDouble());
            Timeline.Add($"lists are behind until {(Stream.OutdatedUntil - World.GetUtcNow() + Time.Now).TotalSeconds:0.000}");
        }
    }

    private void Recreate()
    {
        Timeline.Add("the stream is deleted");
        Stream.Delete();
        After(TimeSpan.FromSeconds(1.5 + (6 * _random.NextDouble())), RecreateStream);
    }

    private void RecreateStream()
    {
        Stream.Create(_random.Next(1, Options.FavorsRecreations ? 3 : 6));
        Timeline.Add($"the stream is re-created with {Stream.Shards.Count} shard(s)");
    }

    private InitialPosition DrawPosition() => _random.Next(3) switch
    {
        0 => InitialPosition.Latest,
        1 => InitialPosition.AtTimestamp(World.GetUtcNow().AddSeconds(5 * _random.NextDouble())),
        _ => InitialPosition.TrimHorizon,
    };

    private void ChangeLogFaults()
    {
        if (_logRandom is not null
            && _logRandom.Next(3) == 0
            && Running.OrderBy(_ => _logRandom.Next()).FirstOrDefault() is { Log: { } log } worker)
        {
            log.Fault = DrawLogFault();
            Timeline.Add(
                $"{worker.Id}'s log: {log.Fault switch { LogFaults.Throw => "throws", LogFaults.Block => "blocks", _ => "works" }}");
        }
    }

    // The log works half of the time, and has one of the two faults otherwise.
    private LogFaults DrawLogFault()
    {
        var drawn = _logRandom!.Next(4) switch { 0 => LogFaults.Throw, 1 => LogFaults.Block, _ => LogFaults.None };
        return Options.LogFaults.HasFlag(drawn) ? drawn : LogFaults.None;
    }

    private void CauseFaults(Faults faults, string what)
    {
        var kind = _random.Next(6);
        var name = kind switch { 0 => "throttled", 1 => "failing", 2 => "replies lost", 3 => "slow", 4 => "cut off", _ => "hanging" };
        Timeline.Add($"{what} has a fault: {name}");
        switch (kind)
        {
            case 0:
                faults.Throttle = 0.9;
                break;
            case 1:
                faults.Fail = 0.5;
                break;
            case 2:
                faults.LoseReply = 0.5;
                break;
            case 3:
                faults.MaxDelay = MaxCallDelay * _random.NextDouble();
                break;
            case 4:
                faults.CutOff = true;
                break;
            default:
                faults.Hang = 0.3;
                break;
        }

        After(TimeSpan.FromSeconds(1 + (20 * _random.NextDouble())), () =>
        {
            Timeline.Add($"{what} works again");
            faults.Clear();
        });
    }

    private void EndFaults()
    {
        Timeline.Add("calm");
        HaveFaultsEnded = true;
        if (!Stream.Exists)
        {
            RecreateStream();
        }

        _storeFaults.Clear();
        _streamFaults.Clear();
        foreach (var worker in Invariants.Workers.Where(w => !w.Clock.IsDead))
        {
            worker.Thaw();
        }

        Put();
        if (!Running.Any())
        {
            Join();
        }
    }

    private async Task UntilAsync(TimeSpan end, Func<bool> holds, Func<string> otherwise)
    {
        if (Timeline.Violation is null)
        {
            await Time.RunUntilAsync(end, () => IsBroken() || holds()).ConfigureAwait(false);
            CheckRuns();
            Require(holds, otherwise);
        }
    }

    private void Require(Func<bool> holds, Func<string> otherwise)
    {
        if (Timeline.Violation is null && !holds())
        {
            Timeline.Break(otherwise());
        }
    }

    private void CheckRuns()
    {
        var ended = Invariants.Workers.Where(w => w.Run.IsCompleted && !w.Clock.IsDead && (w.IsRunning || w.IsMisnamed || w.Run.IsFaulted));
        foreach (var worker in ended)
        {
            if (worker.IsMisnamed && worker.Run.Exception?.InnerException is InvalidStateException)
            {
                Timeline.Add($"{worker.Id} is refused");
                worker.Clock.Kill();
            }
            else
            {
                Timeline.Break($"{worker.Id} ended unasked: {worker.Run.Exception?.InnerException}");
            }
        }
    }

    private void After(TimeSpan delay, Action action) => World.CreateTimer(_ =>
    {
        if (!HaveFaultsEnded)
        {
            action();
        }
    }, null, delay, Timeout.InfiniteTimeSpan);

    private bool IsBroken() => Timeline.Violation is not null;

    private IEnumerable<Lease> Unfinished => Table.Leases.Where(l => !l.Checkpoint.IsShardEnd && Expected.IsOfCurrentStream(l));

    public bool AllOwned() => Unfinished.Any() && Unfinished.All(l => Running.Any(w => w.Id == l.Owner));

    private string Unowned() =>
        string.Join(", ", Unfinished.Where(l => !Running.Any(w => w.Id == l.Owner)).Select(l => $"{l.Key} ({l.Owner?.Value ?? "nobody"})"));

    private bool AllDelivered() => Stream.Shards.All(Expected.IsDone);

    private string Undelivered() =>
        string.Join(
            ", ",
            Stream.Shards.Where(s => !Expected.IsDone(s)).Select(s => $"{s.Shard.ShardId} {Expected.Done(s)} of {s.Records.Count}"));

    public bool Balanced()
    {
        var counts = Running.Select(w => Unfinished.Count(l => l.Owner == w.Id)).ToList();
        return AllOwned() && counts.Max() - counts.Min() <= 1;
    }

    public string Counts() =>
        string.Join(
            ", ",
            Running.Select(w => $"{w.Id} {Unfinished.Count(l => l.Owner == w.Id)}")) + (AllOwned() ? "" : $"; unowned: {Unowned()}");

    private Random Draw() => new(_random.Next());
}
