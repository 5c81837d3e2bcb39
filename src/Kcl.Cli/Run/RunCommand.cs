using System.CommandLine;
using Kcl.Cli.Diagnostics;
using Kcl.Cli.Internal;
using Kcl.Daemon;
using Microsoft.Extensions.Logging;

namespace Kcl.Cli.Run;

/// <summary><c>kcl run</c>: the multi-language daemon.</summary>
internal static class RunCommand
{
    public static Command Create(CliContext context)
    {
        var file = new Argument<string?>("file") { Description = "The properties file, as Java's daemon takes it",
            Arity = ArgumentArity.ZeroOrOne, HelpName = "FILE" };
        var properties = new Option<string?>("--properties-file", "-p") { Description = "The properties file", HelpName = "FILE" };
        var sample = new Option<bool>("--sample") { Description = "Use the shipped sample properties" };
        var log = new Option<string?>("--log-configuration",
            "-l") { Description = "Take log levels from this logback file, or JSON logging section", HelpName = "FILE" };
        var logFormat = new Option<string>("--log-format") { Description = "text, or json: one object a line", HelpName = "FORMAT",
            DefaultValueFactory = _ => "text" };
        logFormat.AcceptOnlyFromAmong("text", "json");
        var local =
            new Option<bool>(
            "--local") { Description =
            "Without AWS: against the embedded server, started in this process if none answers, and with leases in a SQLite file" };
        var localEndpoint =
            new Option<Uri?>(
            "--local-endpoint") { Description =
            $"The endpoint of the embedded server, with --local [default: {ConnectionOptions.LocalEndpoint}]", HelpName = "URL",
            CustomParser = Arguments.Endpoint };
        var localDirectory =
            new Option<string?>("--local-directory") { Description = "Where --local keeps leases and records [default: .kcl-local]",
            HelpName = "DIR" };
        var lenient =
            new Option<bool>("--lenient") { Description = "Warn about unknown keys and malformed values instead of refusing them" };
        var explain = new Option<bool>("--explain") { Description = "Print every setting in force and where it comes from, and exit" };
        var json = new Option<bool>("--json") { Description = "Print --explain as JSON" };
        var print = new Option<bool>("--print-command") { Description = "Print the full command with absolute paths, and exit" };
        var command = new Command("run", "Run the multi-language daemon: a child process for each shard of a stream.")
        {
            file, properties, sample, log, logFormat, local, localEndpoint, localDirectory, lenient, explain, json, print,
        };
        command.Validators.Add(result =>
        {
            if (result.GetResult(file)?.Tokens.Count is null or 0 && result.GetResult(properties) is null && !result.GetValue(sample))
            {
                result.AddError("A properties file is missing: give it with --properties-file FILE, or try --sample --local.");
            }
        });

        command.SetAction((parsed, stop) =>
        {
            var path = parsed.GetValue(sample) ? SampleFiles.Properties() : Given(parsed)!;
            if (parsed.GetValue(print))
            {
                return PrintedCommand.WriteAsync(context, path, parsed.GetValue(log), RestOf(parsed), stop);
            }

            var options = new DaemonOptions { PropertiesFile = path, Local = parsed.GetValue(local), Lenient = parsed.GetValue(lenient) };
            if (parsed.GetValue(sample))
            {
                options.Environment = SampleFiles.Environment(options.Environment);
            }

            options.LocalEndpoint = parsed.GetValue(localEndpoint) ?? options.LocalEndpoint;
            options.LocalDirectory = parsed.GetValue(localDirectory) ?? options.LocalDirectory;
            if (parsed.GetValue(explain))
            {
                return Explanation.WriteAsync(context, DaemonConfiguration.Load(options), parsed.GetValue(json), stop);
            }

            return RunAsync(context, options, parsed.GetValue(log), parsed.GetValue(logFormat) == "json",
                parsed.GetValue(CliContext.Verbose), Overridden(parsed), stop);
        });
        return command;

        string? Overridden(ParseResult parsed) =>
            parsed.GetValue(sample) ? Given(parsed) : parsed.GetValue(properties) is not null ? parsed.GetValue(file) : null;

        string? Given(ParseResult parsed) => parsed.GetValue(properties) ?? parsed.GetValue(file);

        IEnumerable<string> RestOf(ParseResult parsed)
        {
            foreach (var flag in (Option<bool>[])[local, lenient, CliContext.Verbose])
            {
                if (parsed.GetValue(flag))
                {
                    yield return flag.Name;
                }
            }

            if (parsed.GetValue(logFormat) == "json")
            {
                yield return logFormat.Name;
                yield return "json";
            }

            if (parsed.GetValue(localEndpoint) is { } endpoint)
            {
                yield return localEndpoint.Name;
                yield return endpoint.ToString();
            }

            if (parsed.GetValue(localDirectory) is { } directory)
            {
                yield return localDirectory.Name;
                yield return Path.GetFullPath(directory);
            }
        }
    }

    private static async Task<int> RunAsync(CliContext context, DaemonOptions options, string? logConfiguration, bool json, bool verbose,
        string? overridden, CancellationToken stop)
    {
        var (levels, ignored) = logConfiguration is null ? (null, []) : LogConfiguration.Read(logConfiguration);
        using var loggers = context.CreateLoggerFactory(verbose, levels, json);
        var logger = loggers.CreateLogger("Kcl.Cli.Run");
        if (ignored.Count > 0)
        {
            RunLog.OnlyLevelsTaken(logger, logConfiguration!, string.Join(", ", ignored));
        }

        if (overridden is not null)
        {
            RunLog.FileIgnored(logger, overridden, options.PropertiesFile);
        }

        var configuration = DaemonConfiguration.Load(options);
        foreach (var warning in configuration.Warnings)
        {
            RunLog.ConfigurationWarning(logger, warning);
        }

        var daemon = await MultiLangDaemon.CreateAsync(configuration, loggers, context.Time, context.Random, stop).ConfigureAwait(false);
        await using (daemon.ConfigureAwait(false))
        {
            await daemon.RunAsync(stop).ConfigureAwait(false);
        }

        return ExitCode.Done;
    }
}
