using Amazon.DynamoDBv2.Model;
using CsCheck;
using Kcl.Kinesis;
using Kcl.Leases.DynamoDb;
using Kcl.Leasing;
using Kcl.Tests.Shared;
using Item = System.Collections.Generic.Dictionary<string, Amazon.DynamoDBv2.Model.AttributeValue>;

namespace Kcl.Unit.Tests.Leases.DynamoDb;

public class LeaseItemTests
{
    private static readonly string[] OfNewerVersions = ["entityType", "throughputKBps"];

    public static TheoryData<string> Versions => [.. RecordedRows.Versions];

    [Theory]
    [MemberData(nameof(Versions))]
    public void Every_recorded_lease_is_read_and_would_be_written_with_the_same_attributes_and_types(string version)
    {
        var leases = 0;
        foreach (var recorded in RecordedRows.Of(version).Where(static r => r.Table == "APP" && r.Row.ContainsKey("leaseCounter")))
        {
            Assert.True(LeaseItem.TryRead(recorded.Row, out var lease, out var problem), $"{recorded}: {problem}");
            var known = recorded.Row.Where(static a => !OfNewerVersions.Contains(a.Key)).ToDictionary();
            Assert.Equal(RecordedRows.Text(known), RecordedRows.Text(LeaseItem.ToItem(lease)));
            leases++;
        }

        Assert.True(leases >= 20, $"only {leases} leases in {version}");
    }

    /// <summary>Rows of other entity types are skipped. Rows without an entity type are leases.</summary>
    [Theory]
    [MemberData(nameof(Versions))]
    public void Every_recorded_row_of_another_kind_is_passed_over_in_silence(string version)
    {
        foreach (var recorded in RecordedRows.Of(version).Where(static r => !r.Row.ContainsKey("leaseCounter")))
        {
            var row = new Item(recorded.Row);
            if (row.Remove("key", out var key) || row.Remove("wid", out key))
            {
                row["leaseKey"] = key; // as KCL 3.5 moves them into the lease table, without an entity type
            }

            Assert.False(LeaseItem.TryRead(row, out _, out var problem), recorded.ToString());
            Assert.Null(problem);
        }
    }

    [Theory]
    [InlineData("STREAM")]
    [InlineData("LEADER")]
    [InlineData("CLIENT_VERSION_MIGRATION")]
    [InlineData("TABLE_MIGRATION")]
    [InlineData("WORKER_METRIC_STATS")]
    [InlineData("SOMETHING_NEW")]
    public void A_row_of_another_entity_type_is_never_a_lease(string entityType)
    {
        var row = LeaseItem.ToItem(Plain());
        row["entityType"] = new() { S = entityType };
        Assert.False(LeaseItem.TryRead(row, out _, out var problem));
        Assert.Null(problem);
    }

    /// <summary>Users set positions by creating rows without a counter. The first write adds the counter.</summary>
    [Fact]
    public void A_lease_put_in_by_hand_without_a_counter_is_read_and_gets_one_with_its_first_write()
    {
        var row = new Item { ["leaseKey"] = LeaseItem.ToText("shardId-000000000001"), ["checkpoint"] = LeaseItem.ToText("TRIM_HORIZON") };

        Assert.True(LeaseItem.TryRead(row, out var lease, out _));

        Assert.Equal((LeaseItem.NoCounter, ExtendedSequenceNumber.TrimHorizon), (lease.Counter, lease.Checkpoint));
        var take = LeaseWriteRequests.Update(
            "t",
            lease.Key,
            LeaseCondition.CounterIs(lease.Counter),
            new() { IncrementsCounter = true, Owner = new(new("me")) });
        Assert.Equal("attribute_not_exists(leaseCounter) AND attribute_exists(checkpoint)", take.ConditionExpression);
        Assert.Equal("0", take.ExpressionAttributeValues[":counter"].N);
        Assert.DoesNotContain(":expected", take.ExpressionAttributeValues.Keys);
    }

    [Fact]
    public void Attributes_with_the_private_prefix_are_read_and_others_are_not()
    {
        var row = LeaseItem.ToItem(Plain() with { PrivateAttributes = new Dictionary<string, string> { ["kclStream"] = "words" } });
        row["kclNumber"] = LeaseItem.ToInteger(3);
        row["other"] = LeaseItem.ToText("x");

        Assert.True(LeaseItem.TryRead(row, out var lease, out _));
        Assert.Equal(new Dictionary<string, string> { ["kclStream"] = "words" }, lease.PrivateAttributes);
    }

    [Theory]
    [InlineData("leaseCounter", "1E2")]
    [InlineData("checkpoint", null)]
    [InlineData("checkpoint", "soon")]
    public void A_broken_lease_is_passed_over_and_named(string attribute, string? value)
    {
        var row = LeaseItem.ToItem(Plain());
        row.Remove(attribute);
        if (value is not null)
        {
            row[attribute] = attribute == "leaseCounter" ? new() { N = value } : new() { S = value };
        }

        Assert.False(LeaseItem.TryRead(row, out _, out var problem));
        Assert.Contains(attribute, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_absent_or_of_an_odd_type_is_passed_over()
    {
        var row = new Item
        {
            ["leaseKey"] = new() { S = "shardId-000000000001" },
            ["leaseCounter"] = new() { N = "7" },
            ["checkpoint"] = new() { S = "TRIM_HORIZON" },
            ["leaseOwner"] = new() { N = "5" },
            ["checkpointOwner"] = new() { NULL = true },
            ["ownerSwitchesSinceCheckpoint"] = new() { S = "many" },
            ["startingHashKey"] = new() { S = "5" },
            ["pendingCheckpointState"] = new() { N = "0" },
            ["parentShardId"] = new() { L = [new() { S = "shardId-000000000000" }] },
            ["childShardIds"] = new() { S = "shardId-000000000002" },
            ["somethingNew"] = new() { M = [] },
        };

        Assert.True(LeaseItem.TryRead(row, out var lease, out _));
        Assert.Equal((7, null, null), (lease.Counter, lease.Owner, lease.CheckpointOwner));
        Assert.Equal(0, lease.OwnerSwitchesSinceCheckpoint);
        Assert.Null(lease.HashKeyRange);
        Assert.Equal([new ShardId("shardId-000000000000")], lease.ParentShardIds);
        Assert.Equal([new ShardId("shardId-000000000002")], lease.ChildShardIds);
    }

    [Fact]
    public void No_row_makes_the_reader_throw() =>
        Gen.Select(
            Pick(
                "leaseKey",
                "leaseCounter",
                "checkpoint",
                "checkpointSubSequenceNumber",
                "parentShardId",
                "pendingCheckpoint",
                "pendingCheckpointState",
                "shardId",
                "startingHashKey",
                "endingHashKey",
                "entityType"),
            OddValue)
            .Array[0, 14].Sample(attributes =>
        {
            var row = new Item();
            foreach (var (name, value) in attributes)
            {
                row[name] = value;
            }

            LeaseItem.TryRead(row, out _, out _);
        });

    [Fact]
    public void A_lease_survives_its_row() => Leases.Sample(lease =>
    {
        Assert.True(LeaseItem.TryRead(LeaseItem.ToItem(lease), out var read, out _));
        Assert.Equal(RecordedRows.Text(LeaseItem.ToItem(lease)), RecordedRows.Text(LeaseItem.ToItem(read)));
        Assert.Equal(
            lease with { ParentShardIds = [], ChildShardIds = [], PendingCheckpointState = null },
            read with { ParentShardIds = [], ChildShardIds = [], PendingCheckpointState = null });
        Assert.Equal(lease.ParentShardIds.Distinct().Order(), read.ParentShardIds);
        Assert.Equal(lease.ChildShardIds.Distinct().Order(), read.ChildShardIds);
        Assert.Equal(lease.PendingCheckpointState is null, read.PendingCheckpointState is null);
        Assert.Equal(lease.PendingCheckpointState?.ToArray(), read.PendingCheckpointState?.ToArray());
    });

    [Fact]
    public void Nothing_empty_and_no_entity_type_is_ever_written() => Leases.Sample(lease =>
    {
        foreach (var (name, value) in LeaseItem.ToItem(lease))
        {
            Assert.NotEqual("entityType", name);
            Assert.False(
                value.S is "" || value.N is "" || value.SS is { Count: 0 } || value.B is { Length: 0 } || value.NULL is true,
                $"{name} is empty");
            Assert.True(value.N is null || long.TryParse(value.N, out _), $"{name} {value.N} is not one Java reads as a long");
        }
    });

    [Fact]
    public void A_range_of_one_hash_key_which_Java_could_not_read_back_is_left_out() =>
        Assert.DoesNotContain("startingHashKey", LeaseItem.ToItem(Plain() with { HashKeyRange = new HashKeyRange(5, 5) }).Keys);

    internal static Lease Plain() =>
        new() { Key = new("shardId-000000000001"), ShardId = new("shardId-000000000001"), Checkpoint = ExtendedSequenceNumber.TrimHorizon };

    private static Gen<T> Pick<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static readonly Gen<AttributeValue> OddValue = Gen.OneOf<AttributeValue>(
        Pick(
            "",
            "LEASE",
            "TRIM_HORIZON",
            "12",
            "-3",
            "1E5",
            "a:b:c",
            ":",
            "shardId-000000000001",
            "é",
            "340282366920938463463374607431768211456").Select(static s => new AttributeValue { S = s }),
        Pick("0", "-1", "1.5", "1E2", "99999999999999999999999", "").Select(static n => new AttributeValue { N = n }),
        Pick<AttributeValue>(
            new() { NULL = true },
            new() { SS = ["", "x"] },
            new() { L = [new() { N = "1" }, new() { S = "y" }] },
            new() { M = [] },
            new() { B = new MemoryStream([1]) },
            new()));

    private static readonly Gen<ExtendedSequenceNumber> Positions = Gen.OneOf(
        Pick(
            ExtendedSequenceNumber.TrimHorizon,
            ExtendedSequenceNumber.Latest,
            ExtendedSequenceNumber.AtTimestamp,
            ExtendedSequenceNumber.ShardEnd),
        Gen.Select(Gen.ULong, Gen.Long[0, 1000])
            .Select(static (number, sub) => new ExtendedSequenceNumber(
                SequenceNumber.Parse(number.ToString(System.Globalization.CultureInfo.InvariantCulture)),
                sub)));

    private static readonly Gen<ShardId> Shards = Gen.Int[0, 12].Select(static n => new ShardId($"shardId-{n:D12}"));

    private static readonly Gen<WorkerId?> Workers = Pick<WorkerId?>(null, new WorkerId("worker-a"), new WorkerId("wörker b/1"));

    private static readonly Gen<Lease> Leases =
        from shard in Shards
        from stream in Pick("", "123456789012:words:1700000000:")
        from owner in Workers
        from processing in Workers
        from counter in Gen.Long[0, long.MaxValue]
        from checkpoint in Positions
        from pending in Gen.Select(Gen.Bool, Positions)
        from state in Gen.Byte.Array[0, 5]
        from switches in Gen.Long[0, 9]
        from parents in Shards.Array[0, 3]
        from children in Shards.Array[0, 3]
        from range in Gen.Select(Gen.Bool, Gen.ULong, Gen.ULong[1, 1000])
        select new Lease
        {
            Key = new(stream + shard.Value),
            ShardId = shard,
            Owner = owner,
            CheckpointOwner = processing,
            Counter = counter,
            Checkpoint = checkpoint,
            PendingCheckpoint = pending.Item1 ? pending.Item2 : null,
            PendingCheckpointState = pending.Item1 && state.Length > 0 ? state : default(ReadOnlyMemory<byte>?),
            OwnerSwitchesSinceCheckpoint = switches,
            ParentShardIds = parents,
            ChildShardIds = children,
            HashKeyRange = range.Item1 ? new HashKeyRange(range.Item2, (UInt128)range.Item2 + range.Item3) : null,
        };
}
