using System.CommandLine;
using Kcl.Cli.Internal;
using Kcl.Daemon;
using Kcl.Kinesis;
using Kcl.Leasing.Administration;

namespace Kcl.Cli.Leases;

/// <summary>The options that select the stream to which leases are assigned: the stream of the properties file, or another one.</summary>
internal sealed class AdoptedStreamOptions
{
    private readonly Option<string?> _stream = new("--stream")
    {
        Description = "The stream, by name or ARN [default: the stream of the properties file]",
        HelpName = "STREAM",
    };

    private readonly Option<Uri?> _endpoint = new("--kinesis-endpoint")
    {
        Description = "The endpoint of Kinesis [default: the configured endpoint]",
        HelpName = "URL",
        CustomParser = Arguments.ParseEndpoint,
    };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_stream);
        command.Options.Add(_endpoint);
    }

    /// <summary>Requests the description and the shards of the stream, and returns the operation that assigns leases to it.</summary>
    public async Task<LeaseOperation> DescribeAsync(
        CliContext context, ParseResult parsed, LeaseConnection connection, CancellationToken cancellationToken)
    {
        using var loggers = context.CreateLoggerFactory(parsed.GetValue(CliContext.Verbose));
        var name = parsed.GetValue(_stream) is null && connection.Stream is { } configured ? configured : ParseStream(parsed);
        var client = connection.Stream is null || parsed.GetValue(_endpoint) is not null
            ? Connect(context, parsed, loggers)
            : connection.ConnectKinesis(loggers, context.Time, context.Random);
        await using (client.ConfigureAwait(false))
        {
            var summary = await client.DescribeStreamSummaryAsync(name, cancellationToken).ConfigureAwait(false);
            if (summary.Status is StreamStatus.Creating or StreamStatus.Deleting)
            {
                throw new InvalidStateException(
                    $"Stream {name} is {(summary.Status == StreamStatus.Creating ? "being created" : "being deleted")}. "
                    + "Try again when that is complete.");
            }

            return LeaseOperation.Adopt(summary,
                await client.ListAllShardsAsync(name, filter: null, cancellationToken).ConfigureAwait(false));
        }
    }

    private StreamIdentifier ParseStream(ParseResult parsed)
    {
        var text = parsed.GetValue(_stream)
            ?? throw new ConfigurationException(
                "Specify the stream: either --stream NAME, or --properties-file FILE instead of --application.");
        try
        {
            return StreamArn.TryParse(text, out var arn) ? arn : new StreamName(text);
        }
        catch (ArgumentException exception)
        {
            throw new ConfigurationException($"--stream: {exception.Message}", exception);
        }
    }

    private KinesisClient Connect(CliContext context, ParseResult parsed, Microsoft.Extensions.Logging.ILoggerFactory loggers)
    {
        var endpoint = parsed.GetValue(_endpoint);
        var options = endpoint is null && parsed.GetValue<bool>("--local")
            ? KinesisClientOptions.ForLocalServer(ConnectionOptions.LocalEndpoint)
            : KinesisConnection.CreateOptions(endpoint, parsed.GetValue<string?>("--region"), Environment.GetEnvironmentVariable);
        return new(options, loggers, context.Time, context.Random);
    }
}
