using System.CommandLine;
using Kcl.Cli.Internal;
using Kcl.LocalKinesis;

namespace Kcl.Cli.Local;

/// <summary>The command <c>kcl local</c>, which runs the embedded Kinesis for any Kinesis client.</summary>
internal static class LocalCommand
{
    private const string SampleStream = "words";
    private const int DefaultShards = 4;

    public static Command Create(CliContext context)
    {
        var port = new Option<int>("--port")
        {
            Description = "The port to listen on; 0 for any free port",
            HelpName = "PORT",
            DefaultValueFactory = _ => LocalKinesisOptions.DefaultPort,
            CustomParser = Arguments.ParsePort,
        };
        var host = new Option<string>("--host")
        {
            Description = "The address to listen on; the server does not authenticate clients, so do not expose it to a public network",
            HelpName = "ADDRESS",
            DefaultValueFactory = _ => "127.0.0.1",
            CustomParser = Arguments.ParseHost,
        };
        var data = new Option<string?>("--data")
        {
            Description = "Store streams and records in this folder [default: in memory, until the server stops]",
            HelpName = "DIR",
        };
        var streams = new Option<StreamName[]>("--stream", "-s")
        {
            Description = "A stream to create if it does not exist; can be repeated",
            HelpName = "NAME",
            CustomParser = Arguments.ParseStreams,
        };
        var shards = new Option<int?>("--shards")
        {
            Description = $"The number of shards of each stream it creates. If set without --stream, '{SampleStream}' is created "
                + $"[default: {DefaultShards}]",
            HelpName = "N",
            CustomParser = Arguments.ParseOptionalShardCount,
        };
        var limits = new Option<LocalKinesisLimits?>("--limits")
        {
            Description = "Throttle as the service does: on, off, or a factor of the service's limits [default: off]",
            HelpName = "on|off|FACTOR",
            CustomParser = Arguments.ParseLimits,
        };
        var command = new Command("local", "Run the embedded Kinesis for any Kinesis client, until it is stopped.")
        {
            port, host, data, streams, shards, limits,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var loggers = context.CreateLoggerFactory(parsed.GetValue(CliContext.Verbose));
            var options = new LocalKinesisOptions
            {
                Port = parsed.GetValue(port),
                Host = parsed.GetValue(host)!,
                DataDirectory = parsed.GetValue(data) is { } folder ? Path.GetFullPath(folder) : null,
                Limits = parsed.GetValue(limits) ?? LocalKinesisLimits.Off,
                TimeProvider = context.Time,
                LoggerFactory = loggers,
            };
            var count = parsed.GetValue(shards);
            foreach (var name in parsed.GetValue(streams) ?? (count is null ? [] : [new StreamName(SampleStream)]))
            {
                options.InitialStreams[name.Value] = count ?? DefaultShards;
            }

            return await RunAsync(context, options, cancellationToken).ConfigureAwait(false);
        });
        return command;
    }

    private static async Task<int> RunAsync(CliContext context, LocalKinesisOptions options, CancellationToken stop)
    {
        var server = await LocalKinesisServer.StartAsync(options, stop).ConfigureAwait(false);
        await using (server.ConfigureAwait(false))
        {
            foreach (var (name, shards) in options.InitialStreams)
            {
                var text = $"Stream '{name}' exists; if it is new, it has {shards} shard(s).";
                await context.Output.WriteLineAsync(text.AsMemory(), stop).ConfigureAwait(false);
            }

            var storage = options.DataDirectory is { } folder ? $"stores its records in {folder}" : "stores its records in memory";
            var endpoint = server.Endpoint.GetLeftPart(UriPartial.Authority);
            await context.Output.WriteLineAsync(
                $"Kinesis listens at {endpoint}, and {storage}. Stop it with Ctrl-C.".AsMemory(), stop).ConfigureAwait(false);
            await context.Output.FlushAsync(stop).ConfigureAwait(false);
            await Task.Delay(Timeout.InfiniteTimeSpan, context.Time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return ExitCode.Done;
    }
}
