using Kcl.Leasing;

namespace Kcl.Testing.Simulation;

/// <summary>What must hold at any time, checked at the instant a write takes effect or a record is delivered.</summary>
internal sealed class Invariants(VirtualTime time, InMemoryLeaseStore table, SimulatedStream stream, Timeline timeline, TimeSpan failoverTime)
{
    private readonly Dictionary<LeaseKey, TimeSpan> _writtenAt = [];
    private readonly Dictionary<(SimulatedWorker Worker, LeaseKey Key), (TimeSpan SentAt, TimeSpan At)> _heardAt = [];
    private readonly List<Session> _sessions = [];
    private readonly HashSet<ShardId> _finished = [];

    /// <summary>Every worker there was.</summary>
    public List<SimulatedWorker> Workers { get; } = [];

    /// <summary>How many deliveries there were.</summary>
    public long Deliveries { get; private set; }

    /// <summary>Whether a shard's end was checkpointed.</summary>
    public bool IsFinished(ShardId shard) => _finished.Contains(shard);

    /// <summary>How many writes of leases took effect.</summary>
    public long Writes { get; private set; }

    /// <summary>Who owned which lease since when; nobody is an owner too.</summary>
    public List<(TimeSpan At, LeaseKey Key, WorkerId? Owner)> Moves { get; } = [];

    /// <summary>A write took effect.</summary>
    public void Written(SimulatedWorker by, Lease before, Lease after, LeaseUpdate update)
    {
        if (update.Checkpoint is { } position)
        {
            Checkpointed(by, before, position);
        }

        Writes++;
        if (update.Owner is { } owner)
        {
            Moves.Add((time.Now, after.Key, after.Owner));
            timeline.Add($"{before.ShardId}: {before.Owner?.Value ?? "nobody"} -> {owner.Value?.Value ?? "nobody"} (counter {after.Counter}, at {after.Checkpoint})");
            if (owner.Value is { } taker && before.Owner is { } victim && victim != taker)
            {
                Taken(by, before, victim);
            }
        }

        _writtenAt[after.Key] = time.Now;
    }

    public TimeSpan Now => time.Now;

    /// <summary>A worker heard that a write succeeded, which it had sent at some instant.</summary>
    public void Heard(SimulatedWorker worker, LeaseKey key, TimeSpan sentAt) => _heardAt[(worker, key)] = (sentAt, time.Now);

    /// <summary>A processor is initialised.</summary>
    public void Started(Session session, ExtendedSequenceNumber position)
    {
        var shard = stream.Find(session.ShardId)!;
        session.Next = Index(shard, position);
        session.BatchFrom = session.Next;
        if (!session.IsListed)
        {
            session.IsListed = true;
            _sessions.Add(session);
        }

        foreach (var parent in shard.Shard.Parents.Where(p => !_finished.Contains(p)))
        {
            timeline.Break($"{session.ShardId} starts on {session.Worker.Id} before its parent {parent} is finished");
        }
    }

    /// <summary>A batch is handed to a processor.</summary>
    public void Delivered(Session session, IReadOnlyList<KinesisRecord> records)
    {
        var shard = stream.Find(session.ShardId)!;
        var at = Index(shard, new(records[0].SequenceNumber)) - 1;
        if (at != session.Next && at != session.BatchFrom)
        {
            timeline.Break($"{session.ShardId} on {session.Worker.Id}: record {at} is delivered where {session.Next} was due");
        }

        session.BatchFrom = at;
        foreach (var record in records)
        {
            var number = SimulatedStream.Number(shard.Records[at]);
            if (number != record.SequenceNumber)
            {
                timeline.Break($"{session.ShardId} on {session.Worker.Id}: record {record.SequenceNumber} is delivered where {number} was due");
            }

            at++;
            Deliveries++;
        }

        session.Next = at;
        if (session.BatchFrom <= shard.Delivered)
        {
            shard.Delivered = Math.Max(shard.Delivered, at);
        }
    }

    /// <summary>A processor was told to stop because its lease is lost.</summary>
    public void Cancelled(Session session)
    {
        if (session.IsCancelled || session.IsOver)
        {
            return;
        }

        session.IsCancelled = true;
        timeline.Add($"{session.ShardId}: {session.Worker.Id} stops processing");
        var key = new LeaseKey(session.ShardId.Value);
        if (session.Worker.IsRunning && table.Find(key) is { } row && row.Owner == session.Worker.Id
            && _heardAt.TryGetValue((session.Worker, key), out var heard) && heard.At < time.Now && time.Now - heard.SentAt < failoverTime / 2)
        {
            timeline.Break($"{session.Worker.Id} gives up {key}, which it owns and could keep");
        }
    }

    /// <summary>A processor is done with.</summary>
    public void Ended(Session session)
    {
        session.IsOver = true;
        _sessions.Remove(session);
    }

    private void Checkpointed(SimulatedWorker by, Lease before, ExtendedSequenceNumber position)
    {
        if (before.Owner != by.Id)
        {
            timeline.Break($"a checkpoint of {by.Id} on {before.Key} is accepted, which {before.Owner?.Value ?? "nobody"} owns");
        }

        if (position < before.Checkpoint)
        {
            timeline.Break($"the checkpoint of {before.Key} moves back from {before.Checkpoint} to {position}");
        }

        var shard = stream.Find(before.ShardId)!;
        var processed = Index(shard, position);
        if (processed > shard.Delivered)
        {
            timeline.Break($"the checkpoint of {before.Key} at {position} passes records that nobody was given: {shard.Delivered} of {processed} were");
        }

        if (position.IsShardEnd)
        {
            _finished.Add(before.ShardId);
            if (shard.Shard.IsOpen)
            {
                timeline.Break($"{before.Key} is finished while it is open");
            }
        }
    }

    private void Taken(SimulatedWorker by, Lease before, WorkerId victim)
    {
        var owner = Workers.Find(w => w.Id == victim && w.IsRunning);
        if (owner is null || owner.WasFrozenSince(time.Now - failoverTime))
        {
            return;
        }

        if (_writtenAt.TryGetValue(before.Key, out var writtenAt) && time.Now - writtenAt > failoverTime * 0.95)
        {
            if (_sessions.Exists(s => s.Worker == owner && s.ShardId == before.ShardId && !s.IsCancelled))
            {
                timeline.Break($"{by.Id} takes {before.Key}, which expired, while {victim} still processes it");
            }
        }
        else if (Count(by.Id) >= Count(victim) + 3)
        {
            timeline.Break($"{by.Id}, who has {Count(by.Id)} leases, takes {before.Key} from {victim}, who has {Count(victim) + 1} and renews it");
        }
    }

    // The write has taken effect: the taker's count includes the lease.
    private int Count(WorkerId worker) => table.Leases.Count(l => l.Owner == worker && !l.Checkpoint.IsShardEnd);

    /// <summary>How many records a position says are done.</summary>
    private static int Index(SimulatedShard shard, ExtendedSequenceNumber position) =>
        position.IsShardEnd ? shard.Records.Count
        : position.IsNumber ? shard.Records.Count(r => SimulatedStream.Number(r) <= position.SequenceNumber)
        : 0;
}

/// <summary>One processor's work on one shard.</summary>
internal sealed class Session(SimulatedWorker worker, ShardId shardId)
{
    public SimulatedWorker Worker { get; } = worker;

    public ShardId ShardId { get; } = shardId;

    /// <summary>The record that is due next.</summary>
    public int Next { get; set; }

    /// <summary>Where the batch delivered last began: after a failure it may come again.</summary>
    public int BatchFrom { get; set; }

    public bool IsListed { get; set; }

    public bool IsCancelled { get; set; }

    public bool IsOver { get; set; }
}
