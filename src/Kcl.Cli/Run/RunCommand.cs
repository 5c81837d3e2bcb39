using System.CommandLine;
using Kcl.Cli.Diagnostics;
using Kcl.Cli.Internal;
using Kcl.Daemon;
using Microsoft.Extensions.Logging;

namespace Kcl.Cli.Run;

/// <summary>The command <c>kcl run</c>, which runs the multi-language daemon.</summary>
internal static class RunCommand
{
    public static Command Create(CliContext context)
    {
        var file = new Argument<string?>("file")
        {
            Description = "The properties file; the same as --properties-file",
            Arity = ArgumentArity.ZeroOrOne,
            HelpName = "FILE",
        };
        var properties = new Option<string?>("--properties-file", "-p")
        {
            Description = "The properties file, in the format of Amazon's MultiLangDaemon",
            HelpName = "FILE",
        };
        var sample = new Option<bool>("--sample") { Description = "Use the sample properties file that comes with kcl" };
        var log = new Option<string?>("--log-configuration", "-l")
        {
            Description = "Read log levels from a logback XML file or a .NET logging section in JSON",
            HelpName = "FILE",
        };
        var logFormat = new Option<string>("--log-format")
        {
            Description = "The format of the logs: text, or json with one object per line",
            HelpName = "FORMAT",
            DefaultValueFactory = _ => "text",
        };
        logFormat.AcceptOnlyFromAmong("text", "json");
        var local = new Option<bool>("--local")
        {
            Description = "Run without AWS: use the embedded Kinesis, which is started if necessary, and store leases in a SQLite file",
        };
        var localEndpoint = new Option<Uri?>("--local-endpoint")
        {
            Description = $"With --local: the endpoint of the embedded Kinesis [default: {ConnectionOptions.LocalEndpoint}]",
            HelpName = "URL",
            CustomParser = Arguments.ParseEndpoint,
        };
        var localDirectory = new Option<string?>("--local-directory")
        {
            Description = "With --local: the folder of the leases and records [default: .kcl-local]",
            HelpName = "DIR",
        };
        var lenient = new Option<bool>("--lenient") { Description = "Ignore unknown keys and invalid values with a warning" };
        var explain = new Option<bool>("--explain") { Description = "Print every setting with its value and source, and exit" };
        var json = new Option<bool>("--json") { Description = "With --explain: print JSON" };
        var print = new Option<bool>("--print-command") { Description = "Print the full command with absolute paths, and exit" };
        var command = new Command("run", "Run the multi-language daemon, which starts a child process for each shard of a stream.")
        {
            file, properties, sample, log, logFormat, local, localEndpoint, localDirectory, lenient, explain, json, print,
        };
        command.Validators.Add(result =>
        {
            if (result.GetResult(file)?.Tokens is [{ Value: ['-', ..] option }])
            {
                // The parser treats an unknown option as the file.
                result.AddError(Arguments.DescribeUnknownOption(option, command));
                return;
            }

            if (result.GetResult(file)?.Tokens.Count is null or 0 && result.GetResult(properties) is null && !result.GetValue(sample))
            {
                result.AddError("A properties file is missing: specify --properties-file FILE, or try --sample --local.");
            }
        });

        command.SetAction((parsed, stop) =>
        {
            var path = parsed.GetValue(sample) ? SampleFiles.FindProperties() : GetFile(parsed)!;
            if (parsed.GetValue(print))
            {
                return PrintedCommand.WriteAsync(context, path, parsed.GetValue(log), GetOtherArguments(parsed), stop);
            }

            var options = new DaemonOptions { PropertiesFile = path, Local = parsed.GetValue(local), Lenient = parsed.GetValue(lenient) };
            if (parsed.GetValue(sample))
            {
                options.Environment = SampleFiles.CreateEnvironment(options.Environment);
            }

            options.LocalEndpoint = parsed.GetValue(localEndpoint) ?? options.LocalEndpoint;
            options.LocalDirectory = parsed.GetValue(localDirectory) ?? options.LocalDirectory;
            if (parsed.GetValue(explain))
            {
                return Explanation.WriteAsync(context, DaemonConfiguration.Load(options), parsed.GetValue(json), stop);
            }

            return RunAsync(context, options, parsed.GetValue(log), parsed.GetValue(logFormat) == "json",
                parsed.GetValue(CliContext.Verbose), GetIgnoredFile(parsed), stop);
        });
        return command;

        string? GetIgnoredFile(ParseResult parsed) =>
            parsed.GetValue(sample) ? GetFile(parsed) : parsed.GetValue(properties) is not null ? parsed.GetValue(file) : null;

        string? GetFile(ParseResult parsed) => parsed.GetValue(properties) ?? parsed.GetValue(file);

        IEnumerable<string> GetOtherArguments(ParseResult parsed)
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
        string? ignoredFile, CancellationToken stop)
    {
        var (levels, ignored) = logConfiguration is null ? (null, []) : LogConfiguration.Read(logConfiguration);
        using var loggers = context.CreateLoggerFactory(verbose, levels, json);
        var logger = loggers.CreateLogger("Kcl.Cli.Run");
        if (ignored.Count > 0)
        {
            RunLog.OnlyLevelsTaken(logger, logConfiguration!, string.Join(", ", ignored));
        }

        if (ignoredFile is not null)
        {
            RunLog.FileIgnored(logger, ignoredFile, options.PropertiesFile);
        }

        var configuration = DaemonConfiguration.Load(options);
        foreach (var warning in configuration.Warnings)
        {
            RunLog.ConfigurationWarning(logger, warning);
        }

        var services = new MultiLangDaemonServices { LoggerFactory = loggers, TimeProvider = context.Time, Random = context.Random };
        var daemon = await MultiLangDaemon.CreateAsync(configuration, services, stop).ConfigureAwait(false);
        await using (daemon.ConfigureAwait(false))
        {
            await daemon.RunAsync(stop).ConfigureAwait(false);
        }

        return ExitCode.Done;
    }
}
