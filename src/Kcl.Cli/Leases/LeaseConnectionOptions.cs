using System.CommandLine;
using Kcl.Cli.Internal;
using Kcl.Daemon;
using Microsoft.Extensions.Logging;

namespace Kcl.Cli.Leases;

/// <summary>The options that select the leases: by a properties file, or by the name of an application.</summary>
internal sealed class LeaseConnectionOptions
{
    private readonly Option<string?> _properties = new("--properties-file", "-p")
    {
        Description = "The properties file of the daemon that uses the leases",
        HelpName = "FILE",
    };

    private readonly Option<string?> _application = new("--application", "-a")
    {
        Description = "The name of the application, instead of a properties file",
        HelpName = "NAME",
    };

    private readonly Option<string?> _table = new("--table")
    {
        Description = "With --application: the lease table [default: the name of the application]",
        HelpName = "NAME",
    };

    private readonly Option<string?> _region = new("--region", "-r")
    {
        Description = "With --application: the AWS region [default: the region of the AWS environment or profile]",
        HelpName = "REGION",
    };

    private readonly Option<Uri?> _endpoint = new("--endpoint")
    {
        Description = "With --application: the endpoint of DynamoDB [default: the endpoint of the region]",
        HelpName = "URL",
        CustomParser = Arguments.ParseEndpoint,
    };

    private readonly Option<bool> _local = new("--local")
    {
        Description = "Use the leases of 'kcl run --local', which are in a SQLite file",
    };

    private readonly Option<string?> _localDirectory = new("--local-directory")
    {
        Description = "With --local: the folder of the leases [default: .kcl-local]",
        HelpName = "DIR",
    };

    private readonly Option<double?> _failover = new("--failover-time")
    {
        Description = "With --application: the failover time of the workers [default: 10]",
        HelpName = "SECONDS",
        CustomParser = Arguments.ParseSeconds,
    };

    /// <summary>Adds the options to a command.</summary>
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
                result.AddError("Specify the application: either --properties-file FILE or --application NAME.");
            }

            foreach (var option in byName ? [] : (Option[])[_table, _region, _endpoint, _failover])
            {
                if (result.GetResult(option) is { Implicit: false })
                {
                    result.AddError($"{option.Name} can be used only with --application. With --properties-file, set it in the file.");
                }
            }
        });
    }

    /// <summary>Opens the leases that the command line selects.</summary>
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
                new()
                {
                    ApplicationName = application,
                    TableName = parsed.GetValue(_table),
                    Region = parsed.GetValue(_region),
                    Endpoint = parsed.GetValue(_endpoint),
                    CreateTable = false,
                },
                failover,
                loggers,
                context.Time);
    }
}
