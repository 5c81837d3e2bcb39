using Kcl.Leasing;
using Kcl.Testing;

namespace Kcl.Simulation;

/// <summary>Checks the invariants each time a write takes effect or a record is delivered.</summary>
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

    /// <summary>Gets all workers, including those that have ended.</summary>
    public List<SimulatedWorker> Workers { get; } = [];

    /// <summary>Gets the number of deliveries of records.</summary>
    public long Deliveries { get; private set; }

    /// <summary>Gets the number of renewals and other writes that increment a counter.</summary>
    public long Writes { get; private set; }

    /// <summary>Gets the changes of ownership: the time, the lease, and the new owner; null if the lease has no owner.</summary>
    public List<(TimeSpan At, LeaseKey Key, WorkerId? Owner)> Moves { get; } = [];

    /// <summary>Records that a lease was created.</summary>
    public void Created(SimulatedWorker by, Lease lease)
    {
        BreakIfMisnamed(by, lease.Key);
        expected.OnDescribed();
        timeline.Add($"{lease.ShardId}: lease created by {by.Id} at {lease.Checkpoint}");
    }

    /// <summary>Records that a lease is deleted.</summary>
    public void Deleting(SimulatedWorker by, LeaseKey key)
    {
        BreakIfMisnamed(by, key);
        timeline.Add($"{key}: lease deleted by {by.Id}");
    }

    /// <summary>Records that a write took effect, and checks it.</summary>
    public void Written(SimulatedWorker by, Lease before, Lease after, LeaseUpdate update)
    {
        BreakIfMisnamed(by, after.Key);
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
            return; // an annotation, which does not renew the lease
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

    /// <summary>Records that a worker received the response of a successful write, and when it had sent the write.</summary>
    public void Heard(SimulatedWorker worker, LeaseKey key, TimeSpan sentAt) => _heardAt[(worker, key)] = (sentAt, time.Now);

    /// <summary>Records that a processor is initialized.</summary>
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

        // The position of a tip or a time is known when the first record is delivered.
        var isKnown = position == ExtendedSequenceNumber.TrimHorizon || position.IsNumber;
        session.Next = isKnown ? Index(shard, position) : null;
        session.BatchFrom = session.Next;
        if (table.Find(new(session.ShardId.Value)) is not { } row || !expected.IsOfCurrentStream(row))
        {
            return; // the stream was re-created, and the lease has not started over yet
        }

        if (position.IsNumber && position.SequenceNumber < shard.Shard.StartingSequenceNumber)
        {
            return; // the owner has not noticed yet that its lease was started over; the stream refuses its position
        }

        var unfinished = shard.Shard.Parents.Where(
            p => !expected.IsFinished(p) && stream.Find(p) is { } listed && !expected.IsDone(listed));
        foreach (var parent in unfinished)
        {
            timeline.Break($"{session.ShardId} starts on {session.Worker.Id} before its parent {parent} is finished");
        }
    }

    /// <summary>Records that a batch is delivered to a processor, and checks it.</summary>
    public void Delivered(Session session, IReadOnlyList<KinesisRecord> records)
    {
        Deliveries += records.Count;
        BreakIfLate(session);
        if (stream.Find(session.ShardId) is not { } shard || !shard.Owns(records[0].SequenceNumber))
        {
            session.Next = session.BatchFrom = null; // fetched from a stream that was deleted since
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

    /// <summary>Records that a processor was asked to stop because its lease is lost.</summary>
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

    /// <summary>Records that a processor is no longer used.</summary>
    public void Ended(Session session)
    {
        session.IsOver = true;
        _sessions.Remove(session);
    }

    private void BreakIfMisnamed(SimulatedWorker by, LeaseKey key)
    {
        if (by.IsMisnamed)
        {
            timeline.Break($"{by.Id}, which reads another stream, writes {key}");
        }
    }

    private void BreakIfLate(Session session)
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
        if (expected.IsOfCurrentStream(before) && !isOpenThoughEnded)
        {
            timeline.Break(
                $"{before.Key} is started over by {by.Id}, although it belongs to the current stream and is at {before.Checkpoint}");
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

        if (!expected.IsOfCurrentStream(before))
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

        // Between the owner's deadline and the failover time, so that a take at the failover time is checked in spite of rounding.
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

    // The write has already taken effect, so the count of the taker includes the lease.
    private int Count(WorkerId worker) => table.Leases.Count(l => l.Owner == worker && !l.Checkpoint.IsShardEnd);

    /// <summary>Returns the number of records up to a position.</summary>
    private static int Index(SimulatedShard shard, ExtendedSequenceNumber position) =>
        position.IsShardEnd ? shard.Records.Count
        : position.IsNumber ? shard.CountThrough(position.SequenceNumber)
        : 0;
}

/// <summary>The processing of one shard by one processor.</summary>
internal sealed class Session(SimulatedWorker worker, ShardId shardId)
{
    public SimulatedWorker Worker { get; } = worker;

    public ShardId ShardId { get; } = shardId;

    /// <summary>Gets or sets the generation of the stream: the number of re-creations before it.</summary>
    public int Generation { get; set; }

    /// <summary>Gets or sets the index of the next record; null if it is not known yet.</summary>
    public int? Next { get; set; }

    /// <summary>Gets or sets the index of the first record of the last batch, which may be delivered again after a failure.</summary>
    public int? BatchFrom { get; set; }

    public bool IsListed { get; set; }

    public bool IsCancelled { get; set; }

    public bool IsOver { get; set; }
}
