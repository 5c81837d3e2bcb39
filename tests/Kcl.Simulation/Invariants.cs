using Kcl.Leasing;
using Kcl.Testing;

namespace Kcl.Simulation;

/// <summary>What must hold at any time, checked at the instant a write takes effect or a record is delivered.</summary>
internal sealed class Invariants(
    VirtualTime time,
    InMemoryLeaseStore table,
    SimulatedStream stream,
    Expectations expected,
    Timeline timeline,
    TimeSpan failoverTime)
{
    private readonly Dictionary<LeaseKey, TimeSpan> _writtenAt = [];
    private readonly Dictionary<(SimulatedWorker Worker, LeaseKey Key), TimeSpan> _landedAt = [];
    private readonly Dictionary<(SimulatedWorker Worker, LeaseKey Key), (TimeSpan SentAt, TimeSpan At)> _heardAt = [];
    private readonly List<Session> _sessions = [];

    /// <summary>Every worker there was.</summary>
    public List<SimulatedWorker> Workers { get; } = [];

    /// <summary>How many deliveries there were.</summary>
    public long Deliveries { get; private set; }

    /// <summary>How many writes of leases took effect.</summary>
    public long Writes { get; private set; }

    /// <summary>Who owned which lease since when; nobody is an owner too.</summary>
    public List<(TimeSpan At, LeaseKey Key, WorkerId? Owner)> Moves { get; } = [];

    /// <summary>A lease was created.</summary>
    public void Created(SimulatedWorker by, Lease lease)
    {
        RefuseMisnamed(by, lease.Key);
        expected.Looked();
        timeline.Add($"{lease.ShardId}: lease created by {by.Id} at {lease.Checkpoint}");
    }

    /// <summary>A lease is deleted.</summary>
    public void Deleting(SimulatedWorker by, LeaseKey key)
    {
        RefuseMisnamed(by, key);
        timeline.Add($"{key}: lease deleted by {by.Id}");
    }

    /// <summary>A write took effect.</summary>
    public void Written(SimulatedWorker by, Lease before, Lease after, LeaseUpdate update)
    {
        RefuseMisnamed(by, after.Key);
        if (update is { Checkpoint: { } start, ReleasesLease: true } && start == ExtendedSequenceNumber.TrimHorizon)
        {
            StartedOver(by, before);
        }
        else if (update.Checkpoint is { } position)
        {
            Checkpointed(by, before, position);
        }

        if (!update.IncrementsCounter)
        {
            return; // a note, which is no sign of life
        }

        Writes++;
        if (update.Owner is not null || update.ReleasesLease)
        {
            Moves.Add((time.Now, after.Key, after.Owner));
            var (from, to) = (before.Owner?.Value ?? "nobody", after.Owner?.Value ?? "nobody");
            timeline.Add($"{before.ShardId}: {from} -> {to} (counter {after.Counter}, at {after.Checkpoint})");
            if (after.Owner is { } taker && before.Owner is { } victim && victim != taker)
            {
                Taken(by, before, victim);
            }
        }

        _writtenAt[after.Key] = time.Now;
        if (after.Owner == by.Id)
        {
            _landedAt[(by, after.Key)] = time.Now;
        }
    }

    public TimeSpan Now => time.Now;

    /// <summary>A worker heard that a write succeeded, which it had sent at some instant.</summary>
    public void Heard(SimulatedWorker worker, LeaseKey key, TimeSpan sentAt) => _heardAt[(worker, key)] = (sentAt, time.Now);

    /// <summary>A processor is initialised.</summary>
    public void Started(Session session, ExtendedSequenceNumber position)
    {
        session.Generation = stream.Generation;
        if (!session.IsListed)
        {
            session.IsListed = true;
            _sessions.Add(session);
        }

        if (stream.Find(session.ShardId) is not { } shard)
        {
            session.Next = session.BatchFrom = null;
            return;
        }

        // Where a tip or an instant is, shows with the first record.
        var isKnown = position == ExtendedSequenceNumber.TrimHorizon || position.IsNumber;
        session.Next = isKnown ? Index(shard, position) : null;
        session.BatchFrom = session.Next;
        if (table.Find(new(session.ShardId.Value)) is not { } row || !expected.IsOfPresentStream(row))
        {
            return; // the stream was created again, and the lease is not started over yet
        }

        if (position.IsNumber && position.SequenceNumber < shard.Shard.StartingSequenceNumber)
        {
            return; // an owner that does not know yet that its lease was started over: the stream refuses its position
        }

        var unfinished = shard.Shard.Parents.Where(
            p => !expected.IsFinished(p) && stream.Find(p) is { } listed && !expected.IsDone(listed));
        foreach (var parent in unfinished)
        {
            timeline.Break($"{session.ShardId} starts on {session.Worker.Id} before its parent {parent} is finished");
        }
    }

    /// <summary>A batch is handed to a processor.</summary>
    public void Delivered(Session session, IReadOnlyList<KinesisRecord> records)
    {
        Deliveries += records.Count;
        RefuseLate(session);
        if (stream.Find(session.ShardId) is not { } shard || !shard.Owns(records[0].SequenceNumber))
        {
            session.Next = session.BatchFrom = null; // fetched from the stream that was deleted meanwhile
            return;
        }

        var at = shard.CountThrough(records[0].SequenceNumber) - 1;
        if (session.Generation != stream.Generation)
        {
            (session.Generation, session.Next, session.BatchFrom) = (stream.Generation, null, null);
        }

        if (session.Next is { } due ? at != due && at != session.BatchFrom : at > expected.Done(shard))
        {
            timeline.Break(
                $"{session.ShardId} on {session.Worker.Id}: record {at} is delivered where {session.Next ?? expected.Done(shard)} was due");
        }

        session.BatchFrom = at;
        foreach (var record in records)
        {
            if (shard.Records[at].Number != record.SequenceNumber)
            {
                var delivered = $"record {record.SequenceNumber} is delivered where {shard.Records[at].Number} was due";
                timeline.Break($"{session.ShardId} on {session.Worker.Id}: {delivered}");
            }

            at++;
        }

        session.Next = at;
        if (session.BatchFrom <= expected.Done(shard))
        {
            shard.Delivered = Math.Max(shard.Delivered, at);
        }
    }

    /// <summary>A processor was asked to stop because its lease is lost.</summary>
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
            && _heardAt.TryGetValue((session.Worker, key), out var heard)
                && heard.At < time.Now
                && time.Now - heard.SentAt < failoverTime / 2)
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

    private void RefuseMisnamed(SimulatedWorker by, LeaseKey key)
    {
        if (by.IsMisnamed)
        {
            timeline.Break($"{by.Id}, which reads another stream, writes {key}");
        }
    }

    private void RefuseLate(Session session)
    {
        if (_landedAt.TryGetValue((session.Worker, new(session.ShardId.Value)), out var landed) && time.Now - landed > failoverTime)
        {
            timeline.Break(
                $"{session.ShardId} on {session.Worker.Id}: records are delivered {time.Now - landed} after the last write of the lease");
        }
    }

    private void StartedOver(SimulatedWorker by, Lease before)
    {
        timeline.Add($"{before.ShardId}: started over by {by.Id}, was at {before.Checkpoint}");
        var isOpenThoughEnded = before.Checkpoint.IsShardEnd && stream.Find(before.ShardId) is { Shard.IsOpen: true };
        if (expected.IsOfPresentStream(before) && !isOpenThoughEnded)
        {
            timeline.Break($"{before.Key} is started over by {by.Id}, though it is of the present stream and at {before.Checkpoint}");
        }
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

        if (!expected.IsOfPresentStream(before))
        {
            return;
        }

        if (stream.Find(before.ShardId) is not { } shard || (position.IsNumber && !shard.Owns(position.SequenceNumber)))
        {
            if (stream.Exists)
            {
                timeline.Break($"{before.Key} is checkpointed at {position}, which is of a stream that was deleted");
            }

            return;
        }

        var processed = Index(shard, position);
        if (processed > expected.Done(shard))
        {
            var done = expected.Done(shard);
            timeline.Break(
                $"the checkpoint of {before.Key} at {position} passes records that were not delivered: {done} of {processed} were");
        }

        if (position.IsShardEnd)
        {
            expected.Finished(before.ShardId);
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
            timeline.Break(
                $"{by.Id}, who has {Count(by.Id)} leases, takes {before.Key} from {victim}, who has {Count(victim) + 1} and renews it");
        }
    }

    // The write has taken effect: the taker's count includes the lease.
    private int Count(WorkerId worker) => table.Leases.Count(l => l.Owner == worker && !l.Checkpoint.IsShardEnd);

    /// <summary>How many records a position says are done.</summary>
    private static int Index(SimulatedShard shard, ExtendedSequenceNumber position) =>
        position.IsShardEnd ? shard.Records.Count
        : position.IsNumber ? shard.CountThrough(position.SequenceNumber)
        : 0;
}

/// <summary>One processor's work on one shard.</summary>
internal sealed class Session(SimulatedWorker worker, ShardId shardId)
{
    public SimulatedWorker Worker { get; } = worker;

    public ShardId ShardId { get; } = shardId;

    /// <summary>Of which of the streams that there were it is.</summary>
    public int Generation { get; set; }

    /// <summary>The record that is due next; null where that is not known yet.</summary>
    public int? Next { get; set; }

    /// <summary>Where the batch delivered last began: after a failure it may come again.</summary>
    public int? BatchFrom { get; set; }

    public bool IsListed { get; set; }

    public bool IsCancelled { get; set; }

    public bool IsOver { get; set; }
}
