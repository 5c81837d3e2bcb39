using Kcl.Daemon.Children.Relay;
using Kcl.MultiLang.Protocol;

namespace Kcl.Unit.Tests.Daemon;

public sealed class ChildAnswerMatcherTests
{
    private readonly ChildAnswerMatcher _matcher = new();

    [Fact]
    public void A_status_from_before_the_action_is_stale_even_if_it_names_the_action()
    {
        _matcher.Begin("processRecords", earlyMessages: 1);

        Assert.Equal(ChildAnswer.Stale, Classify("processRecords"));
        Assert.Equal(ChildAnswer.Answer, Classify("processRecords"));
    }

    [Fact]
    public void The_previous_answer_is_forgiven_eight_times()
    {
        Begin("initialize");
        Assert.Equal(ChildAnswer.Answer, Classify("initialize"));
        Begin("processRecords");

        Assert.All(Enumerable.Range(0, 8), _ => Assert.Equal(ChildAnswer.Stale, Classify("initialize")));
        Assert.Equal(ChildAnswer.Wrong, Classify("initialize"));
    }

    [Fact]
    public void The_status_of_another_action_is_wrong()
    {
        Begin("processRecords");

        Assert.Equal(ChildAnswer.Wrong, Classify("shardEnded"));
    }

    [Fact]
    public void Another_child_has_no_previous_answer()
    {
        Begin("initialize");
        Classify("initialize");
        _matcher.Reset();
        Begin("processRecords");

        Assert.Equal(ChildAnswer.Wrong, Classify("initialize"));
    }

    private void Begin(string action) => _matcher.Begin(action, earlyMessages: 0);

    private ChildAnswer Classify(string name) => _matcher.Classify(new(ChildMessageKind.Status, name), _matcher.CountMessage());
}
