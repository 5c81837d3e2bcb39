using System.CommandLine;
using System.Globalization;
using Kcl.Cli.Internal;
using Spectre.Console;

namespace Kcl.Cli.Quickstart;

/// <summary>The command <c>kcl quickstart</c>, which demonstrates the whole product on one machine with a stream of words.</summary>
internal static class QuickstartCommand
{
    public static Command Create(CliContext context)
    {
        var words = new Option<int>("--words")
        {
            Description = "The number of words to put",
            HelpName = "N",
            DefaultValueFactory = _ => 4000,
            CustomParser = Arguments.ParseWordCount,
        };
        var shards = new Option<int>("--shards")
        {
            Description = "The number of shards of the stream",
            HelpName = "N",
            DefaultValueFactory = _ => 4,
            CustomParser = Arguments.ParseShardCount,
        };
        var command = new Command(
            "quickstart",
            "Put words into a local stream and watch child processes count them. Needs no AWS account; uses a temporary folder.")
        {
            words, shards,
        };
        command.SetAction((parsed, stop) => RunAsync(context, parsed.GetValue(words), parsed.GetValue(shards), stop));
        return command;
    }

    private static async Task<int> RunAsync(CliContext context, int words, int shards, CancellationToken stop)
    {
        // All files of the run are in this folder, so that none remain and concurrent runs do not conflict.
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
