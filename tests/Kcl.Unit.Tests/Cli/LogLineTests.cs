using Kcl.Cli.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Kcl.Unit.Tests.Cli;

public class LogLineTests
{
    private static readonly DateTimeOffset At = new(2026, 1, 31, 12, 0, 0, 123, TimeSpan.Zero);

    [Fact]
    public void A_line_contains_time_level_category_and_message() =>
        Assert.Equal(
            "2026-01-31 12:00:00.123Z warn  Kcl.Leasing.LeaseTaker: slow\n",
            LogLine.Format(At, LogLevel.Warning, "Kcl.Leasing.LeaseTaker", "slow", null, withStack: false));

    [Fact]
    public void Causes_follow_on_the_line_unless_the_message_quotes_them()
    {
        var exception = new DependencyException("The store failed.", new IOException("Disk full."));
        Assert.EndsWith(
            ": a | The store failed. | IOException: Disk full.\n",
            LogLine.Format(At, LogLevel.Error, "C", "a", exception, withStack: false),
            StringComparison.Ordinal);
        Assert.EndsWith(
            ": It said: The store failed. | IOException: Disk full.\n",
            LogLine.Format(At, LogLevel.Error, "C", "It said: The store failed.", exception, withStack: false),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_stack_is_shown_where_it_was_asked_for() =>
        Assert.Contains(
            "\n    Kcl.DependencyException: Broken",
            LogLine.Format(At, LogLevel.Error, "C", "a", new DependencyException("Broken"), withStack: true),
            StringComparison.Ordinal);

    [Fact]
    public void The_text_of_an_exception_cannot_look_like_a_line_of_ours_either() =>
        Assert.Contains(
            ": a\n    Kcl.DependencyException: no\n    2026-01-31 12:00:00.123Z info  Kcl.Daemon: all is well",
            LogLine.Format(
                At,
                LogLevel.Error,
                "C",
                "a",
                new DependencyException("no\r\n\u001b2026-01-31 12:00:00.123Z info  Kcl.Daemon: all is well"),
                withStack: true),
            StringComparison.Ordinal);

    [Fact]
    public void What_others_say_cannot_look_like_a_line_of_ours_or_move_the_cursor() =>
        Assert.EndsWith(
            ": one\n    two[2J\n",
            LogLine.Format(At, LogLevel.Information, "C", "one\r\ntwo\u001b[2J\n", null, withStack: false),
            StringComparison.Ordinal);
}
