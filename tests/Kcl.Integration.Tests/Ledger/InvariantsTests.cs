using System.Globalization;

namespace Kcl.Integration.Tests.Ledger;

/// <summary>Tests the checks themselves: they must accept what is allowed, and find every kind of planted fault.</summary>
public class InvariantsTests
{
    private static readonly Dictionary<ShardId, IReadOnlyList<ShardId>> NoParents = [];
    private static readonly Dictionary<ShardId, IReadOnlyList<ShardId>> ChildOfA = new() { [new("b")] = [new("a")] };

    [Fact]
    public void Replay_of_a_suffix_after_the_checkpoint_is_allowed() =>
        Assert.Empty(Judge(
            "start a 1 TRIM_HORIZON; give a 1 10; give a 1 20; checkpoint a 1 10; give a 1 30; start a 2 10; give a 2 20; "
                + "give a 2 30; give a 2 40",
            [10, 20, 30, 40]));

    [Fact]
    public void A_checkpoint_whose_reply_was_lost_may_be_stored() =>
        Assert.Empty(Judge("start a 1 TRIM_HORIZON; give a 1 10; give a 1 20; start a 2 20; give a 2 30", [10, 20, 30]));

    [Fact]
    public void A_child_after_its_finished_parent_is_allowed() =>
        Assert.Empty(Judge(
            "start a 1 TRIM_HORIZON; give a 1 10; ending a 1; start b 2 TRIM_HORIZON; end a 1; start b 2 TRIM_HORIZON; give b 2 20",
            [10, 20],
            ChildOfA));

    [Theory]
    [InlineData("start a 1 TRIM_HORIZON; give a 1 10", "never delivered: 20")]
    [InlineData("start a 1 TRIM_HORIZON; give a 1 20; give a 1 10", "out of order")]
    [InlineData("start a 1 TRIM_HORIZON; give a 1 10; give a 1 20; give a 1 20", "out of order")]
    [InlineData("start a 1 TRIM_HORIZON; give a 1 10; give a 1 15; give a 1 20; start a 2 10; give a 2 20", "with a hole")]
    [InlineData(
        "start a 1 TRIM_HORIZON; give a 1 10; checkpoint a 1 10; start a 2 TRIM_HORIZON; give a 2 10; give a 2 20",
        "the checkpoint moved back")]
    [InlineData("start a 1 TRIM_HORIZON; give a 1 10; give a 1 20; checkpoint a 1 20; start a 2 20; give a 1 20", "again although")]
    [InlineData("start a 1 TRIM_HORIZON; give a 1 10; give a 1 20; checkpoint a 1 20; checkpoint a 1 10", "it moved back")]
    [InlineData(
        "start a 1 TRIM_HORIZON; give a 1 10; start b 2 TRIM_HORIZON; give b 2 20; ending a 1; end a 1",
        "before its parent a was finished")]
    public void A_planted_fault_is_found(string ledger, string fault) =>
        Assert.Contains(Judge(ledger, [10, 20], ChildOfA), problem => problem.Contains(fault, StringComparison.Ordinal));

    private static IReadOnlyList<string> Judge(
        string ledger,
        long[] expected,
        IReadOnlyDictionary<ShardId, IReadOnlyList<ShardId>>? parents = null) =>
        Invariants.Violations([.. ledger.Split("; ").Select(Event)], expected, parents ?? NoParents);

    private static LedgerEvent Event(string text)
    {
        var words = text.Split(' ');
        var kind = words[0] switch
        {
            "start" => LedgerEventKind.Started,
            "give" => LedgerEventKind.Delivered,
            "checkpoint" => LedgerEventKind.Checkpointed,
            "ending" => LedgerEventKind.ShardEnding,
            _ => LedgerEventKind.ShardEnded,
        };
        return new(
            0,
            kind,
            new(words[1]),
            int.Parse(words[2], CultureInfo.InvariantCulture),
            words.Length > 3 ? ExtendedSequenceNumber.Parse(words[3]) : null,
            kind == LedgerEventKind.Delivered ? long.Parse(words[3], CultureInfo.InvariantCulture) : -1);
    }
}
