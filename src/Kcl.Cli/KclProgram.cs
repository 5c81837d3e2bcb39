using System.CommandLine;
using System.CommandLine.Help;
using Kcl.Cli.Internal;
using Kcl.Cli.Leases;
using Kcl.Cli.Local;
using Kcl.Cli.Put;
using Kcl.Cli.Quickstart;
using Kcl.Cli.Run;

namespace Kcl.Cli;

/// <summary>Runs a command line, without access to the process.</summary>
internal static class KclProgram
{
    /// <summary>Runs a command line.</summary>
    /// <param name="args">The arguments.</param>
    /// <param name="context">The environment of the command.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> args, CliContext context)
    {
        var root = new Command(
            "kcl",
            "Consume Amazon Kinesis streams without a JVM: a multi-language daemon, an embedded Kinesis for development, and tools.")
        {
            new HelpOption(),
            new VersionOption(),
            CliContext.Verbose,
            RunCommand.Create(context),
            LocalCommand.Create(context),
            PutCommand.Create(context),
            LeasesCommand.Create(context),
            QuickstartCommand.Create(context),
        };

        var parsed = root.Parse(args, new() { ResponseFileTokenReplacer = null });
        var verbose = parsed.GetValue(CliContext.Verbose);
        try
        {
            if (parsed.Errors.Count > 0 && !AsksForHelp(parsed))
            {
                var command = string.Join(' ', GetCommandPath(parsed.CommandResult));
                throw new ConfigurationException(string.Join('\n', parsed.Errors.Select(error => error.Message))
                    + $"\nSee '{command} --help'.");
            }

            return await parsed.InvokeAsync(
                new()
                {
                    EnableDefaultExceptionHandler = false,
                    ProcessTerminationTimeout = null,
                    Output = context.Output,
                    Error = context.Error,
                },
                context.StopRequested).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.StopRequested.IsCancellationRequested)
        {
            return ExitCode.Done;
        }
#pragma warning disable CA1031 // The program ends here: every failure is reported as one message and an exit code.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            await context.Error.WriteLineAsync(Describe(exception, verbose)).ConfigureAwait(false);
            return exception is ConfigurationException ? ExitCode.BadConfiguration : ExitCode.Failed;
        }
        finally
        {
            // The wait is limited, because a pipe that is not read must not prevent the program from ending.
            context.Error.Flush();
        }
    }

    private static string Describe(Exception exception, bool verbose)
    {
        if (verbose)
        {
            return $"kcl: {exception}";
        }

        return exception switch
        {
            KclException or IOException or UnauthorizedAccessException => $"kcl: {exception.Message}",
            _ => $"kcl: unexpected {exception.GetType().Name}: {exception.Message} Run the command again with --verbose for details.",
        };
    }

    private static bool AsksForHelp(ParseResult parsed) => parsed.Action is HelpAction;

    private static List<string> GetCommandPath(System.CommandLine.Parsing.CommandResult command)
    {
        var names = new List<string>();
        for (var result = command; result is not null; result = result.Parent as System.CommandLine.Parsing.CommandResult)
        {
            names.Insert(0, result.Command.Name);
        }

        return names;
    }
}
