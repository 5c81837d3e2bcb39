using Kcl.Leasing;

namespace Kcl.Unit.Tests.Leasing;

/// <summary>Tests that the message for a write that is not valid names the problem.</summary>
public class LeaseWriteValidatorTests
{
    private const string Multi = "123456789012:words:1700000000:shardId-000000000000";
    private static readonly LeaseKey Key = new("shardId-000000000000");

    private static readonly Lease New = new()
    {
        Key = Key,
        ShardId = new(Key.Value),
        Checkpoint = ExtendedSequenceNumber.TrimHorizon,
    };

    public static TheoryData<LeaseWrite, string> Invalid => new()
    {
        { LeaseWrite.Delete(1) with { Condition = null! }, "condition of the write is null" },
        { LeaseWrite.Delete(1) with { Change = null! }, "change of the write is null" },
        { LeaseWrite.Create(null!), "lease is null" },
        { LeaseWrite.Create(New with { ShardId = default }), "default value of ShardId" },
        { LeaseWrite.Create(New with { ShardId = new("shardId-000000000007") }), "shard shardId-000000000007" },
        { LeaseWrite.Create(New with { Counter = -1 }), "is -1" },
        { LeaseWrite.Create(New with { Owner = default(WorkerId) }), "The owner is the default value" },
        { LeaseWrite.Create(New with { CheckpointOwner = default(WorkerId) }), "The checkpoint owner is the default value" },
        { LeaseWrite.Create(New with { Owner = new("\udc00") }), "surrogate" },
        { LeaseWrite.Create(New with { PendingCheckpointState = new byte[] { 1 } }), "no pending checkpoint" },
        { LeaseWrite.Create(New with { ParentShardIds = [default] }), "parent shards contain" },
        { LeaseWrite.Create(New with { ParentShardIds = null! }), "list of parent shards is null" },
        { LeaseWrite.Create(New with { ChildShardIds = [default] }), "child shards contain" },
        { LeaseWrite.Create(New with { PrivateAttributes = null! }), "private attributes is null" },
        { LeaseWrite.Create(New with { PrivateAttributes = Named("leaseOwner", "evil") }), "'leaseOwner'" },
        { LeaseWrite.Create(New with { PrivateAttributes = Named("leaseCounter", "x") }), "'leaseCounter'" },
        { LeaseWrite.Create(New with { PrivateAttributes = Named("kclOne", null!) }), "'kclOne' of a new lease is null" },
        { LeaseWrite.Create(New with { PrivateAttributes = Named("kclOne", "\ud800") }), "'kclOne' contains half of a surrogate pair" },
        { LeaseWrite.Create(New with { PrivateAttributes = Named("kclOne", "\0") }), "U+0000" },
        { LeaseWrite.Describe(new() { ChildShardIds = [default] }), "child shards contain" },
        { LeaseWrite.Describe(new() { PrivateAttributes = Changes("kcl" + new string('a', 300), "1") }), "at most 255" },
        { LeaseWrite.Describe(new() { PrivateAttributes = Changes("kclOne", "\ud800") }), "surrogate" },
        { LeaseWrite.Update(1, new() { Owner = new(default(WorkerId)) }), "The new owner is the default value" },
        { Requiring(new() { Counter = 1, Owner = new(default(WorkerId)) }), "The required owner is the default value" },
        { Requiring(new() { CheckpointOwner = new(default(WorkerId)) }), "The required checkpoint owner is the default value" },
        { Requiring(new() { PrivateAttributes = null! }), "private attributes is null" },
        { Requiring(new() { PrivateAttributes = Changes("kclOne", "\0") }), "U+0000" },
    };

    [Theory]
    [MemberData(nameof(Invalid), DisableDiscoveryEnumeration = true)]
    public void The_message_names_the_problem(LeaseWrite write, string problem)
    {
        var exception = Assert.Throws<ArgumentException>(() => write.ThrowIfInvalid(Key));
        Assert.Contains(problem, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_key_must_have_a_text_and_name_the_shard_of_the_lease()
    {
        Assert.Throws<ArgumentException>(() => LeaseWrite.Delete(1).ThrowIfInvalid(default));
        Assert.Throws<ArgumentException>(() => LeaseWrite.Delete(1).ThrowIfInvalid(new("\ud800")));
        var lease = New with { Key = new(Multi) };
        LeaseWrite.Create(lease).ThrowIfInvalid(lease.Key);
        Assert.Throws<ArgumentException>(() =>
            LeaseWrite.Create(lease with { ShardId = new("shardId-000000000001") }).ThrowIfInvalid(lease.Key));
    }

    [Fact]
    public void A_write_with_all_values_is_valid()
    {
        var lease = New with
        {
            Owner = new("a"),
            CheckpointOwner = new("b"),
            PendingCheckpoint = ExtendedSequenceNumber.ShardEnd,
            PendingCheckpointState = new byte[] { 1 },
            ParentShardIds = [new("p")],
            ChildShardIds = [new("c")],
            PrivateAttributes = Named("kclOne", "\U0001F600 \ufffd"),
        };
        LeaseWrite.Create(lease).ThrowIfInvalid(Key);
        LeaseWrite.Describe(new() { PrivateAttributes = Changes("kclOne", null), ParentShardIds = [] }).ThrowIfInvalid(Key);
    }

    private static LeaseWrite Requiring(LeaseCondition condition) => new() { Condition = condition, Change = LeaseDeletion.Instance };

    private static Dictionary<string, string> Named(string name, string value) => new() { [name] = value };

    private static Dictionary<string, string?> Changes(string name, string? value) => new() { [name] = value };
}
