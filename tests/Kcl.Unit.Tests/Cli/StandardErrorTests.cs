using Kcl.Cli.Diagnostics;

namespace Kcl.Unit.Tests.Cli;

public sealed class StandardErrorTests
{
    [Fact]
    public void A_line_is_written_while_standard_output_waits_for_its_reader()
    {
        var error = StandardError.Open();
        var writer = new Thread(() =>
        {
            try
            {
                error.WriteLine("A line of a test on standard error.");
                error.Flush();
            }
            catch (IOException)
            {
                // The runner of the tests has closed its end. Only waiting matters here.
            }
        }) { IsBackground = true };

        // The console of .NET holds this lock while it writes.
        lock (Console.Out)
        {
            writer.Start();
            Assert.True(writer.Join(TimeSpan.FromSeconds(30)));
        }
    }
}
