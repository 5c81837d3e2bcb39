using System.CommandLine;
using Kcl.Cli.Internal;
using Kcl.LocalKinesis;

namespace Kcl.Cli.Local;

/// <summary><c>kcl local</c>: the embedded server by itself, for any Kinesis client.</summary>
internal static class LocalCommand
{
    private const string SampleStream = "words";
    private const int DefaultShards = 4;

    public static Command Create(CliContext context)
    {
        var port = new Option<int>("--port") { Description = "Where to listen; 0 takes any free port", HelpName = "PORT",
            DefaultValueFactory = _ => LocalKinesisOptions.DefaultPort, CustomParser = Arguments.Port };
        var host =
            new Option<string>(
            "--host") { Description =
            "The address to listen on. The server asks nobody who they are: keep it to this machine unless you know who can reach it",
            HelpName = "ADDRESS", DefaultValueFactory = _ => "127.0.0.1", CustomParser = Arguments.Host };
        var data =
            new Option<string?>(
            "--data") { Description = "Keep streams and records in this folder; else they are in memory and gone when the server stops",
            HelpName = "DIR" };
        var streams = new Option<StreamName[]>("--stream",
            "-s") { Description = "A stream to create at the start if there is none; may be given again", HelpName = "NAME",
            CustomParser = Arguments.Streams };
        var shards =
            new Option<int?>(
            "--shards") { Description =
            $"The shards of each --stream (default {DefaultShards}); without --stream it creates '{SampleStream}'", HelpName = "N",
            CustomParser = Arguments.OptionalShardCount };
        var limits =
            new Option<LocalKinesisLimits?>(
            "--limits") { Description = "Throttle as the service does: on, off (the default), or a factor of its limits",
            HelpName = "on|off|FACTOR", CustomParser = Arguments.Limits };
        var command = new Command("local", "Run the embedded Kinesis by itself, for any Kinesis client, until it is stopped.") { port, host,
            data, streams, shards, limits };
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
                await context.Output.WriteLineAsync($"Stream '{name}' is there; {shards} shard(s) if it was new.".AsMemory(),
                    stop).ConfigureAwait(false);
            }

            await context.Output.WriteLineAsync(
                $"Kinesis listens at {server.Endpoint.GetLeftPart(UriPartial.Authority)}, {(options.DataDirectory is { } folder ? $"its "
                + $"records in {folder}" : "its records in memory")}. Stop it with Ctrl-C.".AsMemory(), stop).ConfigureAwait(false);
            await context.Output.FlushAsync(stop).ConfigureAwait(false);
            await Task.Delay(Timeout.InfiniteTimeSpan, context.Time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return ExitCode.Done;
    }
}
