using Kcl.Daemon.Children.Relay;

namespace Kcl.Unit.Tests.Daemon;

public sealed class OneLineTests
{
    [Theory]
    [InlineData(null, null)]
    [InlineData("processRecords", "processRecords")]
    [InlineData("é\U0001F600", "é\U0001F600")]
    [InlineData("a\nb\r\u001b[31m\u0085\u2028\u2029\0c", "a\ufffdb\ufffd\ufffd[31m\ufffd\ufffd\ufffd\ufffdc")]
    public void What_ends_a_line_or_controls_a_terminal_is_replaced(string? text, string? expected) =>
        Assert.Equal(expected, OneLine.Of(text));

    [Fact]
    public void A_long_text_has_an_end() => Assert.Equal(new string('x', 200) + "…", OneLine.Of(new string('x', 100_000)));
}
