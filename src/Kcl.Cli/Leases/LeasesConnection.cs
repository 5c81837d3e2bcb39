using System.CommandLine;
using Kcl.Cli.Internal;
using Kcl.Daemon;
using Microsoft.Extensions.Logging;

namespace Kcl.Cli.Leases;

/// <summary>Which leases a command is about: those of a properties file, or of an application by name.</summary>
internal sealed class LeasesConnection
{
    private readonly Option<string?> _properties = new("--properties-file",
        "-p") { Description = "Take application, region, endpoint and credentials from a daemon's properties file", HelpName = "FILE" };
    private readonly Option<string?> _application = new("--application",
        "-a") { Description = "The application's name, where there is no properties file", HelpName = "NAME" };
    private readonly Option<string?> _table =
        new("--table") { Description = "The lease table, where it is not called after the application", HelpName = "NAME" };
    private readonly Option<string?> _region = new("--region", "-r") { Description = "The AWS region; else as AWS's own tools find it",
        HelpName = "REGION" };
    private readonly Option<Uri?> _endpoint = new("--endpoint") { Description = "Use the DynamoDB at URL instead of the region's own",
        HelpName = "URL", CustomParser = Arguments.Endpoint };
    private readonly Option<bool> _local = new("--local") { Description = "The leases of 'kcl run --local', in a SQLite file" };
    private readonly Option<string?> _localDirectory =
        new("--local-directory") { Description = "Where --local keeps them [default: .kcl-local]", HelpName = "DIR" };
    private readonly Option<double?> _failover =
        new("--failover-time") { Description = "The fleet's failover time, where there is no properties file [default: 10]",
        HelpName = "SECONDS", CustomParser = Arguments.Seconds };

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_properties, _application, _table, _region, _endpoint, _local, _localDirectory, _failover])
        {
            command.Options.Add(option);
        }

        command.Validators.Add(result =>
        {
            var byName = result.GetResult(_application) is not null;
            if (byName == result.GetResult(_properties) is not null)
            {
                result.AddError("Say whose leases: --properties-file FILE or --application NAME, one of them.");
            }

            foreach (var option in byName ? [] : (Option[])[_table, _region, _endpoint, _failover])
            {
                if (result.GetResult(option) is { Implicit: false })
                {
                    result.AddError($"{option.Name} goes with --application; the properties file says it otherwise.");
                }
            }
        });
    }

    public LeaseConnection Open(CliContext context, ParseResult parsed, ILoggerFactory loggers)
    {
        var options = new DaemonOptions { Local = parsed.GetValue(_local) };
        options.LocalDirectory = parsed.GetValue(_localDirectory) ?? options.LocalDirectory;
        if (parsed.GetValue(_properties) is { } file)
        {
            options.PropertiesFile = file;
            return LeaseConnection.Open(options, loggers, context.Time);
        }

        var application = parsed.GetValue(_application)!;
        var failover = TimeSpan.FromSeconds(parsed.GetValue(_failover) ?? 10);
        return options.Local
            ? LeaseConnection.OpenFile(Path.Combine(options.LocalDirectory, "leases.db"), application, failover)
            : LeaseConnection.OpenTable(
                new() { ApplicationName = application, TableName = parsed.GetValue(_table), Region = parsed.GetValue(_region),
                Endpoint = parsed.GetValue(_endpoint), CreateTable = false }, failover, loggers, context.Time);
    }
}
