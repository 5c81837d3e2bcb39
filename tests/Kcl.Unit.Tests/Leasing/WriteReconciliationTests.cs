using CsCheck;
using Kcl.Leasing;
using Kcl.Leasing.Holding;

namespace Kcl.Unit.Tests.Leasing;

public sealed class WriteReconciliationTests
{
    private static readonly WorkerId Self = new("self");
    private static readonly WriteReconciliation Reconciliation = new();

    // Writes: the checkpoints of the unconfirmed writes, oldest first; write i was sent at i + 1. Row: its owner, counter and checkpoint.
    public static TheoryData<int[], string?, int, int, int, long> Cases { get; } = new()
    {
        { [5], "self", 2, 5, (int)WriteOrigin.Own, 1 },
        { [5, 6], "self", 2, 6, (int)WriteOrigin.Own, 2 },
        { [5, 6], "self", 2, 5, (int)WriteOrigin.EarlierOwn, 1 },
        { [5, 6, 7], "self", 2, 6, (int)WriteOrigin.EarlierOwn, 2 },
        { [5, 5], "self", 2, 5, (int)WriteOrigin.Own, 1 },
        { [5, 6, 5], "self", 2, 5, (int)WriteOrigin.Own, 1 },
        { [5], "self", 3, 5, (int)WriteOrigin.Foreign, 0 },
        { [5], "self", 2, 9, (int)WriteOrigin.Foreign, 0 },
        { [5], "peer", 2, 5, (int)WriteOrigin.Foreign, 0 },
        { [5], null, 2, 5, (int)WriteOrigin.Foreign, 0 },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_row_is_the_write_that_made_it(int[] writes, string? owner, int counter, int checkpoint, int origin, long sentAt)
    {
        var unconfirmed = writes.Select((w, i) => new UnconfirmedWrite(Row("self", 2, w), i + 1)).ToList();

        Assert.Equal(new((WriteOrigin)origin, sentAt), Reconciliation.Reconcile(unconfirmed, Row(owner, counter, checkpoint)));
    }

    [Fact]
    public void A_missing_row_was_deleted() =>
        Assert.Equal(WriteOrigin.Deleted, Reconciliation.Reconcile([new(Row("self", 2, 5), 1)], row: null).Origin);

    [Fact]
    public void Attributes_that_others_may_write_do_not_matter()
    {
        var noted = Row("self", 2, 5) with
        {
            ChildShardIds = [new("shardId-000000000001")],
            PrivateAttributes = new Dictionary<string, string> { ["kclNote"] = "x" },
        };

        Assert.Equal(WriteOrigin.Own, Reconciliation.Reconcile([new(Row("self", 2, 5), 1)], noted).Origin);
    }

    /// <summary>
    /// One of several writes takes effect, or the write of a peer. The result names it, and its time is never later than that of the write
    /// that took effect.
    /// </summary>
    [Fact]
    public void Whichever_write_takes_effect_is_recognized() =>
        Gen.Select(Gen.Int[0, 3].Array[1, 6], Gen.Int[-1, 5]).Sample((writes, chosen) =>
        {
            var unconfirmed = writes.Select((w, i) => new UnconfirmedWrite(Row("self", 2, w), i + 1)).ToList();
            var landed = chosen < 0 ? -1 : chosen % writes.Length;
            var (origin, sentAt) = Reconciliation.Reconcile(unconfirmed, landed < 0 ? Row("peer", 2, writes[0]) : unconfirmed[landed].Row);
            var expected = landed < 0 ? WriteOrigin.Foreign : writes[landed] == writes[^1] ? WriteOrigin.Own : WriteOrigin.EarlierOwn;
            return origin == expected && (landed < 0 || (sentAt >= 1 && sentAt <= unconfirmed[landed].SentAt));
        });

    private static Lease Row(string? owner, int counter, int checkpoint) => new()
    {
        Key = new("shardId-000000000000"),
        ShardId = new("shardId-000000000000"),
        Owner = owner is null ? null : owner == "self" ? Self : new WorkerId(owner),
        Counter = counter,
        Checkpoint = new(SequenceNumber.Parse($"{checkpoint}")),
    };
}
