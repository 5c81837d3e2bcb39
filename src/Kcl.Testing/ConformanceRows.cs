using Kcl.Kinesis;
using Kcl.Leasing;

namespace Kcl.Testing;

/// <summary>The rows that the cases of <see cref="LeaseStoreConformance"/> use, and the checks of rows.</summary>
internal static class ConformanceRows
{
    public static readonly WorkerId Me = new("worker-1");
    public static readonly LeaseKey Key = new("shardId-000000000002");

    public static Lease Bare() => new() { Key = Key, ShardId = new(Key.Value), Checkpoint = ExtendedSequenceNumber.TrimHorizon };

    public static Lease Full() => new()
    {
        Key = Key,
        ShardId = new(Key.Value),
        Owner = Me,
        Counter = 41,
        Checkpoint = Position("49590338271490256608559692538361571095921575989136588898", 12),
        OwnerSwitchesSinceCheckpoint = 5,
        ParentShardIds = [new("shardId-000000000000"), new("shardId-000000000001")],
        ChildShardIds = [new("shardId-000000000004"), new("shardId-000000000005")],
        HashKeyRange = new(1, UInt128.MaxValue),
        PrivateAttributes = Private(("kclOne", "1")),
    };

    public static Dictionary<string, string> Private(params (string Name, string Value)[] attributes) =>
        attributes.ToDictionary(static a => a.Name, static a => a.Value);

    public static Dictionary<string, string?> Changes(params (string Name, string? Value)[] changes) =>
        changes.ToDictionary(static a => a.Name, static a => a.Value);

    public static void RequirePrivate(Lease lease, string what, params (string Name, string Value)[] expected) =>
        Require(
            Text(lease.PrivateAttributes) == Text(Private(expected)),
            $"{what}: private attributes are {Text(lease.PrivateAttributes)}, expected {Text(Private(expected))}");

    public static string Text(IReadOnlyDictionary<string, string> attributes) =>
        string.Join("; ", attributes.OrderBy(static a => a.Key, StringComparer.Ordinal).Select(static a => $"{a.Key}={a.Value}"));

    public static ExtendedSequenceNumber Position(string digits, long sub = 0) => new(SequenceNumber.Parse(digits), sub);

    public static LeaseWriteResult RequireOneWinner(LeaseWriteResult[] writes)
    {
        var winners = writes.Where(w => w.Succeeded).ToList();
        Require(winners.Count == 1, $"exactly one writer must win, but {winners.Count} did");
        Require(writes.Count(w => w.Status == LeaseWriteStatus.Conflict) == writes.Length - 1, "every other writer must get a conflict");
        return winners[0];
    }

    public static void RequireSame(Lease? expected, Lease? actual, string what)
    {
        Require(actual is not null, $"{what} must exist, but does not");
        Require(
            Text(expected!) == Text(actual!),
            $"{what} differs:{Environment.NewLine}expected {Text(expected!)}{Environment.NewLine}but was  {Text(actual!)}");
    }

    // Lists and memory have no value equality: compare their contents.
    public static string Text(Lease lease) => string.Join(", ",
        lease.Key,
        lease.ShardId,
        $"owner={lease.Owner}",
        $"counter={lease.Counter}",
        $"checkpoint={lease.Checkpoint}",
        $"pending={lease.PendingCheckpoint}",
        $"state={(lease.PendingCheckpointState is { } state ? Convert.ToHexString(state.Span) : "none")}",
        $"switches={lease.OwnerSwitchesSinceCheckpoint}",
        $"parents=[{string.Join(' ', lease.ParentShardIds)}]",
        $"children=[{string.Join(' ', lease.ChildShardIds)}]",
        $"range={lease.HashKeyRange?.Start}-{lease.HashKeyRange?.End}",
        $"checkpointOwner={lease.CheckpointOwner}",
        $"private=[{Text(lease.PrivateAttributes)}]");

    public static void Require(bool condition, string what)
    {
        if (!condition)
        {
            throw new ConformanceException(what);
        }
    }
}
