using System.CommandLine;
using System.Globalization;
using Kcl.Cli.Internal;
using Spectre.Console;

namespace Kcl.Cli.Quickstart;

/// <summary><c>kcl quickstart</c>: what quickstart.sh runs, a stream of words through the whole product on one machine.</summary>
internal static class QuickstartCommand
{
    public static Command Create(CliContext context)
    {
        var words = new Option<int>("--words") { Description = "How many words are put", DefaultValueFactory = _ => 4000, HelpName = "N",
            CustomParser = Arguments.WordCount };
        var shards = new Option<int>("--shards") { Description = "How many shards the stream has", DefaultValueFactory = _ => 4,
            HelpName = "N", CustomParser = Arguments.ShardCount };
        var command = new Command("quickstart",
            "Watch a stream of words being counted by child processes: embedded server, daemon and sample processor, in a temporary "
            + "folder.") { words, shards };
        command.SetAction((parsed, stop) => RunAsync(context, parsed.GetValue(words), parsed.GetValue(shards), stop));
        return command;
    }

    private static async Task<int> RunAsync(CliContext context, int words, int shards, CancellationToken stop)
    {
        // Everything is in here, so that nothing is left behind and no other run is met.
        var folder = Directory.CreateTempSubdirectory("kcl-quickstart-").FullName;
        var isTerminal = !Console.IsOutputRedirected && context.Output.IsConsole;
        IQuickstartDisplay display = isTerminal ? new LiveDisplay(AnsiConsole.Console) : new PlainDisplay(context.Output);
        var log = Path.Combine(folder, "kcl.log");
        try
        {
            var problem = await new QuickstartRun(context, display, folder, log).RunAsync(words, shards, stop).ConfigureAwait(false);
            if (problem is null)
            {
                Directory.Delete(folder, recursive: true);
                return ExitCode.Done;
            }

            await FailAsync(context, problem, log).ConfigureAwait(false);
            return ExitCode.Failed;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            Directory.Delete(folder, recursive: true);
            await context.Error.WriteLineAsync("kcl: stopped before every word was counted.").ConfigureAwait(false);
            return ExitCode.Failed;
        }
        catch (KclException exception)
        {
            await FailAsync(context, exception.Message, log).ConfigureAwait(false);
            return ExitCode.Failed;
        }
    }

    private static async Task FailAsync(CliContext context, string problem, string log)
    {
        await context.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"kcl: {problem}")).ConfigureAwait(false);
        if (File.Exists(log))
        {
            await context.Error.WriteLineAsync($"The last lines of {log}:").ConfigureAwait(false);
            foreach (var line in File.ReadLines(log).TakeLast(15))
            {
                await context.Error.WriteLineAsync($"  {line}").ConfigureAwait(false);
            }
        }
    }
}
