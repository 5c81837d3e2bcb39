using System.Text;
using Kcl.Daemon;
using Kcl.Daemon.Status;
using Kcl.Integration.Tests.Servers;
using Kcl.Kinesis;

namespace Kcl.Integration.Tests.Daemon;

/// <summary>A daemon in this process, with an embedded server that it starts itself and a stream of one shard.</summary>
internal sealed class LocalDaemon : IAsyncDisposable
{
    private static readonly StreamName Words = new("words");
    private readonly TemporaryFolder _folder = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Uri _endpoint = new($"http://127.0.0.1:{FreePort.Next()}");
    private MultiLangDaemon? _daemon;
    private Task? _running;

    public LogLines Log { get; } = new();

    public DaemonStatus Status => _daemon!.Status;

    public async Task StartAsync(string executable, params string[] settings)
    {
        await CreateAsync(executable, settings);
        Run();
    }

    /// <summary>Starts the server and creates the daemon without running it.</summary>
    public async Task CreateAsync(string executable, params string[] settings)
    {
        var file = _folder.File("daemon.properties");
        await File.WriteAllLinesAsync(
            file,
            [
                $"executableName = {executable}",
                "streamName = words",
                "applicationName = test",
                "initialPositionInStream = TRIM_HORIZON",
                "idleTimeBetweenReadsInMillis = 200",
                "shardSyncIntervalMillis = 1000",
                .. settings,
            ]);
        var configuration = DaemonConfiguration.Load(new()
        {
            PropertiesFile = file,
            Local = true,
            LocalEndpoint = _endpoint,
            LocalDirectory = _folder.Path,
        });
        _daemon = await MultiLangDaemon.CreateAsync(configuration, new() { LoggerFactory = Log, Random = new Random(1) });
    }

    public void Run() => _running = _daemon!.RunAsync(_stop.Token);

    public Task PutAsync(params string[] words) => PutAsync([.. words.Select(word => (word, word))]);

    public async Task PutAsync(params (string Key, string Data)[] records)
    {
        await using var kinesis = new KinesisClient(KinesisClientOptions.ForLocalServer(_endpoint));
        foreach (var (key, data) in records)
        {
            await kinesis.PutRecordAsync(Words, new(Encoding.UTF8.GetBytes(data), key), CancellationToken.None);
        }
    }

    public async Task SplitAsync()
    {
        await using var kinesis = new KinesisClient(KinesisClientOptions.ForLocalServer(_endpoint));
        await kinesis.SplitShardAsync(Words, new("shardId-000000000000"), UInt128.MaxValue / 2, CancellationToken.None);
    }

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running!.WaitAsync(TimeSpan.FromSeconds(30));
        await _daemon!.DisposeAsync();
        _daemon = null;
    }

    public async ValueTask DisposeAsync()
    {
        if (_daemon is not null)
        {
            await _stop.CancelAsync();
            await _daemon.DisposeAsync();
        }

        _stop.Dispose();
        _folder.Dispose();
    }
}
