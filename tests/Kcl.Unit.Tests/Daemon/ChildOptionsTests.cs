using Kcl.Daemon.Children.Command;

namespace Kcl.Unit.Tests.Daemon;

public class ChildOptionsTests
{
    [Fact]
    public void Every_problem_is_in_one_message()
    {
        var options = new ChildOptions { MessageTimeout = TimeSpan.Zero, ExitTimeout = TimeSpan.FromSeconds(-1) };
        var failure = Assert.Throws<ConfigurationException>(options.Freeze);
        Assert.All(
            (string[])["Command", "MessageTimeout", "ExitTimeout"],
            name => Assert.Contains(name, failure.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void A_frozen_copy_does_not_change()
    {
        var environment = new Dictionary<string, string> { ["A"] = "1" };
        var options = new ChildOptions { Command = new("cat", []), Environment = environment };
        var frozen = options.Freeze();
        options.MessageTimeout = TimeSpan.FromSeconds(1);
        environment["A"] = "2";
        Assert.Null(frozen.MessageTimeout);
        Assert.Equal("1", frozen.Environment["A"]);
    }
}
