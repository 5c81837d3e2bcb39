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

/// <summary>One run: server, stream, words, daemon, until every word was counted and checkpointed.</summary>
/// <param name="context">What surrounds the program.</param>
/// <param name="display">What is shown.</param>
/// <param name="folder">Where everything is kept.</param>
/// <param name="logFile">Where logs go, the children's words among them.</param>
internal sealed class QuickstartRun(CliContext context, IQuickstartDisplay display, string folder, string logFile)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(250);
    private readonly StreamName _name = new("words");

    /// <summary>Runs.</summary>
    /// <returns>Null where all went well; else what did not.</returns>
    public async Task<string?> RunAsync(int words, int shards, CancellationToken stop)
    {
        using var file = new StreamWriter(logFile);
        using var log = new LineWriter(file, context.Time);
        using var loggers = new StderrLoggerFactory(log, context.Time,
            new(LogLevel.Information, new Dictionary<string, LogLevel> { ["Microsoft"] = LogLevel.Warning }), verbose: false);
        var server =
            await LocalKinesisServer.StartAsync(
            new() { Port = 0, DataDirectory = Path.Combine(folder, "kinesis"), TimeProvider = context.Time, LoggerFactory = loggers },
            stop).ConfigureAwait(false);
        await using (server.ConfigureAwait(false))
        {
            display.Say(
                $"The embedded Kinesis listens at {server.Endpoint.GetLeftPart(UriPartial.Authority)}; its records, the leases and the log "
                + $"are in {folder}.");
            using var kinesis = new KinesisClient(KinesisClientOptions.ForLocalServer(server.Endpoint), loggers, context.Time,
                context.Random);
            var stream = new WordStream(kinesis, _name, context.Time);
            await stream.CreateAsync(shards, stop).ConfigureAwait(false);
            display.Say(string.Create(CultureInfo.InvariantCulture, $"Created the stream '{_name}' with {shards} shard(s)."));
            await display.ShowPuttingAsync(words, progress => stream.PutAsync(words, progress, stop)).ConfigureAwait(false);

            var configuration = DaemonConfiguration.Load(Options(server.Endpoint));
            display.Say($"Starting the daemon; its child for each shard: {string.Join(' ', configuration.Command)}");
            var daemon = await MultiLangDaemon.CreateAsync(configuration, loggers, context.Time, context.Random,
                stop).ConfigureAwait(false);
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
        var took = TimeSpan.Zero;
        await display.ShowConsumingAsync(async show =>
        {
            do
            {
                await Task.WhenAny(running, Task.Delay(LookInterval, context.Time, stop)).ConfigureAwait(false);
                stop.ThrowIfCancellationRequested();
                progress = Compare(stream, daemon.Status);
                took = context.Time.GetElapsedTime(started);
                show(progress);
            }
            while (!running.IsCompleted && took < Timeout && !progress.All(shard => shard.IsDone));
        }).ConfigureAwait(false);

        await stopDaemon.CancelAsync().ConfigureAwait(false);
        await running.ConfigureAwait(false);
        if (progress.Any(shard => !shard.IsDone))
        {
            return string.Create(CultureInfo.InvariantCulture,
                $"after {took.TotalSeconds:F0} s these shards were not done: {string.Join(", "
                + "", progress.Where(shard => !shard.IsDone).Select(
                shard =>
                $"{shard.ShardId} ({shard.Processed} of {shard.Put} words, checkpoint {(shard.IsCheckpointed ? "at the "
                + "last" : "behind")})"))}.");
        }

        display.ShowSummary(progress, took);
        return null;
    }

    // The shipped sample, except for what is specific to this run.
    private DaemonOptions Options(Uri endpoint) => new()
    {
        PropertiesFile = SampleFiles.Properties(),
        Local = true,
        LocalEndpoint = endpoint,
        LocalDirectory = folder,
        Environment = SampleFiles.Environment(variable => variable switch
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
