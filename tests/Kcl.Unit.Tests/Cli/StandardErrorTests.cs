using Kcl.Cli.Diagnostics;

namespace Kcl.Unit.Tests.Cli;

public sealed class StandardErrorTests
{
    [Fact]
    public void A_line_is_written_while_standard_output_waits_for_its_reader()
    {
        using var error = StandardError.Open();
        var writer = new Thread(() =>
        {
            error.WriteLine("A line of a test on standard error.");
            error.Flush();
        }) { IsBackground = true };

        // The console of .NET holds this lock while it writes.
        lock (Console.Out)
        {
            writer.Start();
            Assert.True(writer.Join(TimeSpan.FromSeconds(30)));
        }
    }
}
