using System.Globalization;
using Kcl.Cli.Diagnostics;
using Kcl.Cli.Internal;
using Kcl.Cli.Run;
using Kcl.Daemon;
using Kcl.Daemon.Status;
using Kcl.Kinesis;
using Kcl.LocalKinesis;
using Microsoft.Extensions.Logging;

namespace Kcl.Cli.Quickstart;

/// <summary>Runs the quickstart: starts the server, puts words, and runs the daemon until every word is counted and checkpointed.</summary>
/// <param name="context">The environment of the command.</param>
/// <param name="display">Shows the progress.</param>
/// <param name="folder">The folder of all files.</param>
/// <param name="logFile">The file of the logs, including the output of the children.</param>
internal sealed class QuickstartRun(CliContext context, IQuickstartDisplay display, string folder, string logFile)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(250);
    private readonly StreamName _name = new("words");

    /// <summary>Runs the quickstart.</summary>
    /// <returns>A description of the problem; null if the run succeeded.</returns>
    public async Task<string?> RunAsync(int words, int shards, CancellationToken stop)
    {
        using var file = new StreamWriter(logFile);
        using var log = new LineWriter(file, context.Time);
        using var loggers = new StderrLoggerFactory(log, context.Time,
            new(LogLevel.Information, new Dictionary<string, LogLevel> { ["Microsoft"] = LogLevel.Warning }), verbose: false);
        var options = new LocalKinesisOptions
        {
            Port = 0,
            DataDirectory = Path.Combine(folder, "kinesis"),
            TimeProvider = context.Time,
            LoggerFactory = loggers,
        };
        var server = await LocalKinesisServer.StartAsync(options, stop).ConfigureAwait(false);
        await using (server.ConfigureAwait(false))
        {
            display.ShowMessage(
                $"The embedded Kinesis listens at {server.Endpoint.GetLeftPart(UriPartial.Authority)}; records, leases and the log are in "
                + $"{folder}.");
            using var kinesis = new KinesisClient(KinesisClientOptions.ForLocalServer(server.Endpoint), loggers, context.Time,
                context.Random);
            var stream = new WordStream(kinesis, _name, context.Time);
            await stream.CreateAsync(shards, stop).ConfigureAwait(false);
            display.ShowMessage(string.Create(CultureInfo.InvariantCulture, $"Created the stream '{_name}' with {shards} shard(s)."));
            await display.ShowPuttingAsync(words, progress => stream.PutAsync(words, progress, stop)).ConfigureAwait(false);

            var configuration = DaemonConfiguration.Load(CreateOptions(server.Endpoint));
            display.ShowMessage($"Starting the daemon, which runs this command for each shard: {string.Join(' ', configuration.Command)}");
            var services = new MultiLangDaemonServices { LoggerFactory = loggers, TimeProvider = context.Time, Random = context.Random };
            var daemon = await MultiLangDaemon.CreateAsync(configuration, services, stop).ConfigureAwait(false);
            await using (daemon.ConfigureAwait(false))
            {
                return await ConsumeAsync(daemon, stream, stop).ConfigureAwait(false);
            }
        }
    }

    private async Task<string?> ConsumeAsync(MultiLangDaemon daemon, WordStream stream, CancellationToken stop)
    {
        using var stopDaemon = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var started = context.Time.GetTimestamp();
        var running = daemon.RunAsync(stopDaemon.Token);
        IReadOnlyList<ShardProgress> progress = [];
        var elapsed = TimeSpan.Zero;
        await display.ShowConsumingAsync(async show =>
        {
            do
            {
                await Task.WhenAny(running, Task.Delay(PollInterval, context.Time, stop)).ConfigureAwait(false);
                stop.ThrowIfCancellationRequested();
                progress = Compare(stream, daemon.Status);
                elapsed = context.Time.GetElapsedTime(started);
                show(progress);
            }
            while (!running.IsCompleted && elapsed < Timeout && !progress.All(shard => shard.IsDone));
        }).ConfigureAwait(false);

        await stopDaemon.CancelAsync().ConfigureAwait(false);
        await running.ConfigureAwait(false);
        if (progress.Any(shard => !shard.IsDone))
        {
            var unfinished = progress.Where(shard => !shard.IsDone).Select(shard =>
                $"{shard.ShardId} ({shard.Processed} of {shard.Put} words, "
                + $"checkpoint {(shard.IsCheckpointed ? "at the last" : "behind")})");
            return string.Create(CultureInfo.InvariantCulture,
                $"after {elapsed.TotalSeconds:F0} s these shards were not done: {string.Join(", ", unfinished)}.");
        }

        display.ShowSummary(progress, elapsed);
        return null;
    }

    // The sample properties file, with the settings of this run.
    private DaemonOptions CreateOptions(Uri endpoint) => new()
    {
        PropertiesFile = SampleFiles.FindProperties(),
        Local = true,
        LocalEndpoint = endpoint,
        LocalDirectory = folder,
        Environment = SampleFiles.CreateEnvironment(variable => variable switch
        {
            "KCL_STREAM_NAME" => _name.Value,
            "KCL_INITIAL_POSITION_IN_STREAM" => "TRIM_HORIZON",
            _ => null,
        }),
    };

    private static IReadOnlyList<ShardProgress> Compare(WordStream stream, DaemonStatus status)
    {
        var byShard = status.Shards.ToDictionary(shard => shard.Shard.ShardId);
        return [.. stream.Put.OrderBy(shard => shard.Key).Select(shard => byShard.TryGetValue(shard.Key, out var known)
            ? new ShardProgress(shard.Key, known.Child.ProcessId, shard.Value.Count, known.Child.Answered, shard.Value.Count == 0
                || known.Shard.Checkpoint >= new ExtendedSequenceNumber(shard.Value.Last), known.Shard.MillisBehindLatest)
            : new ShardProgress(shard.Key, null, shard.Value.Count, 0, shard.Value.Count == 0, null))];
    }
}
