using Kcl.Leasing;

namespace Kcl.Unit.Tests.Leasing;

public class LeaseRowTests
{
    private static readonly LeaseKey Key = new("shardId-000000000000");
    private static readonly Lease Row = new()
    {
        Key = Key,
        ShardId = new(Key.Value),
        Owner = new("a"),
        Counter = 3,
        Checkpoint = ExtendedSequenceNumber.Latest,
        PrivateAttributes = new Dictionary<string, string> { ["kclOne"] = "1" },
    };

    public static TheoryData<LeaseCondition, bool> Conditions => new()
    {
        { LeaseCondition.RowPresent, true },
        { LeaseCondition.RowAbsent, false },
        { LeaseCondition.CounterIs(3), true },
        { LeaseCondition.CounterIs(4), false },
        { new() { Owner = new(new WorkerId("a")) }, true },
        { new() { Owner = new(new WorkerId("b")) }, false },
        { new() { Owner = new(null) }, false },
        { new() { CheckpointOwner = new(null) }, true },
        { new() { CheckpointOwner = new(new WorkerId("a")) }, false },
        { new() { Checkpoint = ExtendedSequenceNumber.Latest }, true },
        { new() { Checkpoint = ExtendedSequenceNumber.TrimHorizon }, false },
        { new() { PrivateAttributes = new Dictionary<string, string?> { ["kclOne"] = "1", ["kclTwo"] = null } }, true },
        { new() { PrivateAttributes = new Dictionary<string, string?> { ["kclOne"] = "2" } }, false },
        { new() { PrivateAttributes = new Dictionary<string, string?> { ["kclOne"] = null } }, false },
        { new() { Counter = 3, Owner = new(new WorkerId("b")) }, false },
    };

    [Theory]
    [MemberData(nameof(Conditions), DisableDiscoveryEnumeration = true)]
    public void A_condition_holds_if_all_of_its_parts_hold(LeaseCondition condition, bool holds)
    {
        Assert.Equal(holds, LeaseRow.Admits(condition, Row));
        Assert.Equal(condition == LeaseCondition.RowAbsent, LeaseRow.Admits(condition, null));
    }

    [Fact]
    public void A_release_removes_the_owner_or_ends_a_hand_off()
    {
        var release = new LeaseUpdate { IncrementsCounter = true, ReleasesLease = true };
        Assert.Null(LeaseRow.Apply(release, Row).Owner);
        var handOff = LeaseRow.Apply(release, Row with { Owner = new("b"), CheckpointOwner = new("a") });
        Assert.Equal((new WorkerId("b"), null, 4L), (handOff.Owner, handOff.CheckpointOwner, handOff.Counter));
    }

    [Fact]
    public void A_creation_makes_the_row_and_a_deletion_removes_it()
    {
        Assert.Same(Row, LeaseRow.Apply(new LeaseCreation { Lease = Row }, null));
        Assert.Null(LeaseRow.Apply(LeaseDeletion.Instance, Row));
        Assert.Throws<ArgumentException>(() => LeaseRow.Apply((LeaseChange)new LeaseUpdate(), null));
    }

    public static TheoryData<LeaseWrite> Invalid =>
    [
        new LeaseWrite { Condition = LeaseCondition.RowPresent, Change = new LeaseCreation { Lease = Row } },
        new LeaseWrite { Condition = LeaseCondition.RowAbsent, Change = new LeaseUpdate() },
        new LeaseWrite { Condition = LeaseCondition.RowAbsent, Change = LeaseDeletion.Instance },
        new LeaseWrite { Condition = LeaseCondition.RowAbsent with { Counter = 3 }, Change = new LeaseCreation { Lease = Row } },
        LeaseWrite.Create(Row with { Key = new("shardId-000000000001") }),
        LeaseWrite.Describe(new() { Owner = new(null) }),
        LeaseWrite.Describe(new() { IncrementsCounter = true }),
        LeaseWrite.Describe(new() { PrivateAttributes = new Dictionary<string, string?> { ["other"] = "1" } }),
        new LeaseWrite { Condition = LeaseCondition.CounterIs(3), Change = new LeaseUpdate { Owner = new(null) } },
        new LeaseWrite { Condition = new() { Owner = new(null) }, Change = new LeaseUpdate { Owner = new(null) } },
        new LeaseWrite
        {
            Condition = new() { Owner = new(null), CheckpointOwner = new(null) },
            Change = new LeaseUpdate { Checkpoint = ExtendedSequenceNumber.Latest },
        },
        new LeaseWrite
        {
            Condition = new() { PrivateAttributes = new Dictionary<string, string?> { ["kcl-"] = null } },
            Change = new LeaseUpdate(),
        },
        LeaseWrite.Update(3, new() { ReleasesLease = true, Owner = new(null) }),
        LeaseWrite.Update(3, new() { IncrementsOwnerSwitches = true, OwnerSwitchesSinceCheckpoint = 3 }),
    ];

    [Theory]
    [MemberData(nameof(Invalid), DisableDiscoveryEnumeration = true)]
    public void A_write_whose_condition_does_not_fit_its_change_is_refused(LeaseWrite write) =>
        Assert.Throws<ArgumentException>(() => write.ThrowIfInvalid(Key));
}
