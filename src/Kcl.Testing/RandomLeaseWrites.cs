using Kcl.Kinesis;
using Kcl.Leasing;

namespace Kcl.Testing;

/// <summary>
/// Generates random writes of a lease. Most parts of a condition hold, so that the result often depends on a single part.
/// </summary>
/// <param name="random">The source of randomness.</param>
internal sealed class RandomLeaseWrites(Random random)
{
    private const double Likely = 0.85;

    private static readonly WorkerId?[] Workers = [null, new("worker-1"), new("worker-2")];
    private static readonly string?[] Values = [null, "1", "2", "", "null", "{\"a\":null} '$.\\ é \U0001F600"];
    private static readonly string[] Names = ["kclOne", "kclTwo", "kclone", LongestName];

    private static readonly ExtendedSequenceNumber[] Checkpoints =
    [
        ExtendedSequenceNumber.TrimHorizon,
        ExtendedSequenceNumber.Latest,
        ExtendedSequenceNumber.AtTimestamp,
        ExtendedSequenceNumber.ShardEnd,
        ConformanceRows.Position("5"),
        ConformanceRows.Position("5", 1),
        ConformanceRows.Position("7"),
    ];

    private static readonly ShardId[][] Shards =
    [
        [],
        [new("shardId-000000000008")],
        [new("shardId-000000000008"), new("shardId-000000000009")],
        [new("shardId-000000000009"), new("shardId-000000000008")],
        [new("shardId-000000000009"), new("shardId-000000000009")],
    ];

    private static string LongestName =>
        Lease.PrivateAttributePrefix + new string('a', Lease.MaxPrivateAttributeNameLength - Lease.PrivateAttributePrefix.Length);

    private enum Fence
    {
        None,
        Counter,
        Owners,
    }

    /// <summary>Returns the next write.</summary>
    /// <param name="key">The key of the row.</param>
    /// <param name="row">The current row; null if there is none.</param>
    public LeaseWrite Next(LeaseKey key, Lease? row)
    {
        if (Chance(row is null ? 0.7 : 0.05))
        {
            return LeaseWrite.Create(NewLease(key));
        }

        // Without a row, the conditions are those of a row that could have existed.
        var seen = row ?? NewLease(key);
        var fence = Pick(Fence.None, Fence.Counter, Fence.Counter, Fence.Owners);
        return new()
        {
            Condition = NextCondition(seen, fence),
            Change = Chance(0.06) ? LeaseDeletion.Instance : NextUpdate(fence),
        };
    }

    private Lease NewLease(LeaseKey key)
    {
        var pending = Chance(0.3) ? Pick(Checkpoints) : (ExtendedSequenceNumber?)null;
        return new()
        {
            Key = key,
            ShardId = new(key.Value),
            Owner = Pick(Workers),
            Counter = random.Next(3),
            Checkpoint = Pick(Checkpoints),
            PendingCheckpoint = pending,
            PendingCheckpointState = pending is null ? null : NextState(),
            OwnerSwitchesSinceCheckpoint = random.Next(3),
            ParentShardIds = Pick(Shards),
            ChildShardIds = Pick(Shards),
            HashKeyRange = Chance(0.5) ? NextRange() : null,
            CheckpointOwner = Chance(0.3) ? Pick(Workers) : null,
            PrivateAttributes = Names.Select(name => (Name: name, Value: Pick(Values))).Where(static a => a.Value is not null)
                .ToDictionary(static a => a.Name, static a => a.Value!),
        };
    }

    private LeaseCondition NextCondition(Lease row, Fence fence) => new()
    {
        Counter = fence == Fence.Counter ? (Chance(Likely) ? row.Counter : row.Counter + Pick(-1, 1)) : null,
        Owner = fence == Fence.Owners || Chance(0.15) ? new(Chance(Likely) ? row.Owner : Pick(Workers)) : null,
        CheckpointOwner = fence == Fence.Owners || Chance(0.15) ? new(Chance(Likely) ? row.CheckpointOwner : Pick(Workers)) : null,
        Checkpoint = Chance(0.2) ? (Chance(Likely) ? row.Checkpoint : Pick(Checkpoints)) : null,
        PrivateAttributes = Names.Where(_ => Chance(0.2))
            .ToDictionary(static name => name, name => Chance(Likely) ? row.PrivateAttributes.GetValueOrDefault(name) : Pick(Values)),
    };

    private LeaseUpdate NextUpdate(Fence fence)
    {
        var describes = new LeaseUpdate
        {
            ChildShardIds = Chance(0.2) ? Pick(Shards) : null,
            ParentShardIds = Chance(0.1) ? Pick(Shards) : null,
            HashKeyRange = Chance(0.2) ? NextRange() : null,
            PrivateAttributes = Chance(0.4) ? Names.Where(_ => Chance(0.6)).ToDictionary(static name => name, _ => Pick(Values)) : null,
        };
        if (fence == Fence.None)
        {
            return describes;
        }

        var releases = Chance(0.2);
        var owns = describes with
        {
            IncrementsCounter = fence == Fence.Counter || Chance(0.7),
            ReleasesLease = releases,
            Owner = !releases && Chance(0.4) ? new(Pick(Workers)) : null,
            CheckpointOwner = !releases && Chance(0.4) ? new(Pick(Workers)) : null,
        };
        owns = Pick(0, 1, 2) switch
        {
            0 => owns with { OwnerSwitchesSinceCheckpoint = random.Next(5) },
            1 => owns with { IncrementsOwnerSwitches = true },
            _ => owns,
        };
        return fence == Fence.Owners ? owns : owns with
        {
            Checkpoint = Chance(0.3) ? Pick(Checkpoints) : null,
            PendingCheckpoint = Chance(0.3) ? new(Chance(0.5) ? NextPending() : null) : null,
        };
    }

    private PendingCheckpoint NextPending() => new() { Position = Pick(Checkpoints), State = NextState() };

    private ReadOnlyMemory<byte>? NextState() => random.Next(4) switch
    {
        0 or 1 => new ReadOnlyMemory<byte>([0, (byte)random.Next(256)]),
        2 => ReadOnlyMemory<byte>.Empty,
        _ => null,
    };

    // The range of a single hash key counts as unknown.
    private HashKeyRange NextRange()
    {
        var start = (UInt128)random.Next(3);
        return new(start, Pick(UInt128.MaxValue, UInt128.MaxValue, start + 1, start));
    }

    private bool Chance(double probability) => random.NextDouble() < probability;

    private T Pick<T>(params ReadOnlySpan<T> values) => values[random.Next(values.Length)];
}
