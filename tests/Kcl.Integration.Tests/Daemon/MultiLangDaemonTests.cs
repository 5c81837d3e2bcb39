using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text;
using Kcl.Daemon;
using Kcl.Daemon.Children;
using Kcl.Integration.Tests.Servers;
using Kcl.Kinesis;

namespace Kcl.Integration.Tests.Daemon;

/// <summary>The whole daemon, with the samples as its children, against an embedded server that it starts itself.</summary>
[SupportedOSPlatform("linux")]
public sealed class MultiLangDaemonTests : IAsyncDisposable
{
    private static readonly StreamName Words = new("words");
    private readonly TemporaryFolder _folder = new();
    private readonly LogLines _log = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Uri _endpoint = new($"http://127.0.0.1:{FreePort.Next()}");
    private MultiLangDaemon? _daemon;
    private Task? _running;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Counts_words_and_stops_in_order()
    {
        await StartAsync($"python3 {Path.Combine(TestTools.Root, "samples", "word_counter.py")}");
        await PutAsync("cat dog cat", "bird");
        await _log.WaitForAsync("checkpointed: 2 records; cat 2, dog 1, bird 1");
        var shard = Assert.Single(_daemon!.Status.Shards);
        Assert.Equal((2, 2), (shard.Child.Answered, shard.Shard.RecordsDelivered));
        Assert.True(shard.Child.Checkpoint!.Value.IsNumber);
        var child = shard.Child.ProcessId!.Value;

        await StopAsync();
        Assert.Contains(_log.All, l => l.Contains("stops here: 2 records", StringComparison.Ordinal));
        Assert.Contains(_log.All, l => l.Contains("is another worker's now", StringComparison.Ordinal));
        Assert.False(Directory.Exists($"/proc/{child}"));
    }

    [Fact]
    public async Task An_idle_child_that_is_killed_is_replaced_at_once_and_resumes_at_its_checkpoint()
    {
        await StartAsync($"python3 {Path.Combine(TestTools.Root, "samples", "word_counter.py")}");
        await PutAsync("one");
        await _log.WaitForAsync("checkpointed: 1 records; one 1");
        var killed = Stopwatch.GetTimestamp();
        _ = Libc.SendSignal(_daemon!.Status.Shards[0].Child.ProcessId!.Value, Libc.Kill);
        await PutAsync("two");
        await _log.WaitForAsync("checkpointed: 1 records; two 1");

        Assert.InRange(Stopwatch.GetElapsedTime(killed), TimeSpan.Zero, TimeSpan.FromSeconds(10));
        Assert.Equal(2, _daemon.Status.Shards[0].Child.Starts);
        await StopAsync();
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

    private async Task StartAsync(string executable)
    {
        var file = Path.Combine(_folder.Path, "daemon.properties");
        await File.WriteAllTextAsync(file, $"executableName = {executable}\nstreamName = words\napplicationName = test\ninitialPositionInStream = TRIM_HORIZON\nidleTimeBetweenReadsInMillis = 200\n", Token);
        var configuration = DaemonConfiguration.Load(new() { PropertiesFile = file, Local = true, LocalEndpoint = _endpoint, LocalDirectory = _folder.Path });
        _daemon = await MultiLangDaemon.CreateAsync(configuration, _log, TimeProvider.System, new Random(1), Token);
        _running = _daemon.RunAsync(_stop.Token);
    }

    private async Task PutAsync(params string[] words)
    {
        await using var kinesis = new KinesisClient(KinesisClientOptions.ForLocalServer(_endpoint));
        foreach (var word in words)
        {
            await kinesis.PutRecordAsync(Words, new(Encoding.UTF8.GetBytes(word), word), Token);
        }
    }

    private async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running!.WaitAsync(TimeSpan.FromSeconds(30), Token);
        await _daemon!.DisposeAsync();
        _daemon = null;
    }
}
