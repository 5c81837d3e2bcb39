using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Kcl.Daemon;
using Kcl.Daemon.Children.Launching;
using Kcl.Daemon.Status;
using Kcl.Integration.Tests.Servers;

namespace Kcl.Integration.Tests.Daemon;

/// <summary>Tests the whole daemon, with the samples and with faulty programs as its children.</summary>
[SupportedOSPlatform("linux")]
public sealed class MultiLangDaemonTests
{
    private static readonly string WordCounter = $"python3 {Path.Combine(TestTools.Root, "samples", "word_counter.py")}";

    [Fact]
    public async Task Counts_words_and_stops_in_order()
    {
        await using var daemon = new LocalDaemon();
        await daemon.StartAsync(WordCounter);
        await daemon.PutAsync("cat dog cat", "bird");
        await daemon.Log.WaitForAsync("checkpointed: 2 records; cat 2, dog 1, bird 1");
        // The child checkpoints before it answers, and its records are counted when it has answered.
        await Eventually.TrueAsync(
            "the child has answered",
            () => daemon.Status.Shards is [{ Child.Answered: 2 }],
            TimeSpan.FromSeconds(30),
            () => string.Join('\n', daemon.Log.All),
            TestContext.Current.CancellationToken);
        var shard = Assert.Single(daemon.Status.Shards);
        Assert.Equal((2, 2), (shard.Child.Answered, shard.Shard.RecordsDelivered));
        Assert.True(shard.Child.Checkpoint!.Value.IsNumber);
        var child = shard.Child.ProcessId!.Value;

        await daemon.StopAsync();
        Assert.Contains(daemon.Log.All, l => l.Contains("stops here: 2 records", StringComparison.Ordinal));
        Assert.Contains(daemon.Log.All, l => l.Contains("is no longer processed here", StringComparison.Ordinal));
        Assert.False(Directory.Exists($"/proc/{child}"));
    }

    [Fact]
    public async Task A_daemon_that_cannot_be_created_disposes_the_server_that_it_started()
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("daemon.properties");
        await File.WriteAllTextAsync(
            file, "executableName = true\nstreamName = words\napplicationName = test\n", TestContext.Current.CancellationToken);
        var endpoint = new Uri($"http://127.0.0.1:{FreePort.Next()}");
        var configuration = DaemonConfiguration.Load(
            new() { PropertiesFile = file, Local = true, LocalEndpoint = endpoint, LocalDirectory = folder.Path });
        var log = new LogLines();
        // The properties file cannot contain this value. The consumer rejects it after the server has started.
        configuration.Consumer.FailoverTime = TimeSpan.Zero;

        await Assert.ThrowsAsync<ConfigurationException>(
            () => MultiLangDaemon.CreateAsync(configuration, new() { LoggerFactory = log }, TestContext.Current.CancellationToken));

        Assert.Contains(log.All, line => line.Contains($":{endpoint.Port}", StringComparison.Ordinal));
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await Assert.ThrowsAsync<SocketException>(
            () => socket.ConnectAsync(endpoint.Host, endpoint.Port, TestContext.Current.CancellationToken).AsTask());
    }

    [Fact]
    public async Task A_csharp_child_keeps_its_prints_out_of_the_protocol()
    {
        var configuration = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        await using var daemon = new LocalDaemon();
        await daemon.StartAsync($"dotnet {Path.Combine(
            TestTools.Root,
            "artifacts",
            "bin",
            "WordCounter",
            configuration,
            "WordCounter.dll")}");
        await daemon.PutAsync("cat dog cat");
        await daemon.Log.WaitForAsync("checkpointed: 1 records; cat 2, dog 1");
        await daemon.StopAsync();

        Assert.Contains(daemon.Log.All, l => l.Contains("stops here: 1 records", StringComparison.Ordinal));
        Assert.DoesNotContain(daemon.Log.All, l => l.Contains("printed on stdout", StringComparison.Ordinal));
        Assert.Contains(daemon.Log.All, l => l.Contains("counts words", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Reads_by_fan_out_where_the_file_says_so()
    {
        await using var daemon = new LocalDaemon();
        await daemon.StartAsync(WordCounter, "retrievalMode = FANOUT", "fanoutConfig.consumerName = words-reader");
        await daemon.PutAsync("cat");
        await daemon.Log.WaitForAsync("checkpointed: 1 records; cat 1");
        await daemon.StopAsync();
    }

    [Fact]
    public async Task An_idle_child_that_is_killed_is_replaced_at_once_and_resumes_at_its_checkpoint()
    {
        await using var daemon = new LocalDaemon();
        await daemon.StartAsync(WordCounter);
        await daemon.PutAsync("one");
        await daemon.Log.WaitForAsync("checkpointed: 1 records; one 1");
        var killed = Stopwatch.GetTimestamp();
        _ = Libc.SendSignal(daemon.Status.Shards[0].Child.ProcessId!.Value, Libc.Kill);
        // No other record is put.
        await Eventually.TrueAsync(
            "another child is ready",
            () => daemon.Status.Shards[0].Child is { Starts: 2, State: ChildState.Ready },
            TimeSpan.FromSeconds(20),
            () => string.Join('\n', daemon.Log.All),
            TestContext.Current.CancellationToken);
        await daemon.PutAsync("two");
        await daemon.Log.WaitForAsync("checkpointed: 1 records; two 1");

        Assert.InRange(Stopwatch.GetElapsedTime(killed), TimeSpan.Zero, TimeSpan.FromSeconds(20));
        Assert.Equal(2, daemon.Status.Shards[0].Child.Starts);
        await daemon.StopAsync();
    }

    [Fact]
    public async Task A_fuzzing_child_costs_its_own_shard_and_no_other()
    {
        // Two shards: one child counts words, the other prints ten thousand lines of text.
        await using var daemon = new LocalDaemon();
        await daemon.StartAsync(
            $"python3 {Path.Combine(AppContext.BaseDirectory, "Daemon", "fuzzing_child.py")} shardId-000000000001 "
                + $"{Path.Combine(TestTools.Root, "samples", "word_counter.py")}",
            "taskBackoffTimeMillis = 100",
            "maxFailuresBeforeRelease = 1000");
        await daemon.SplitAsync();
        await daemon.Log.WaitForAsync("fuzzed 10000 lines");
        await daemon.Log.WaitForAsync("shardId-000000000002 starts at TRIM_HORIZON");
        await daemon.PutAsync([.. Enumerable.Range(0, 50).Select(i => $"word{i}")]);
        await daemon.Log.WaitForAsync("shardId-000000000002 checkpointed");
        await daemon.StopAsync();

        Assert.DoesNotContain(daemon.Log.All, l => l.StartsWith("Critical", StringComparison.Ordinal));
    }
}
