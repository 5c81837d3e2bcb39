using System.Globalization;
using System.Runtime.Versioning;
using Kcl.Integration.Tests.Ledger;
using Kcl.Integration.Tests.Scenarios;
using Kcl.Integration.Tests.Servers;
using Kcl.Integration.Tests.Streams;
using Kcl.Integration.Tests.Workers;
using Kcl.Tests.Shared;

namespace Kcl.Integration.Tests.Interop;

/// <summary>Tests Amazon's MultiLangDaemon and our daemon on one lease table, both with C# children.</summary>
[SupportedOSPlatform("linux")]
[Collection(TimedScenarios.Name)]
public sealed class JavaDaemonTests(ServerPark park) : IAsyncDisposable
{
    // A Java worker needs 15 to 50 seconds until its first record.
    private static readonly TimeSpan WaitTimeout = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan Together = TimeSpan.FromSeconds(20);
    private readonly TemporaryFolder _folder = new();
    private readonly List<ExternalProcess> _workers = [];
    private readonly DynamoDbLocal _dynamo = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private LedgerFile Ledger => field ??= new(_folder.File("ledger"));

    /// <summary>
    /// As in KCL 2.x, our worker takes leases immediately, so the next checkpoint of Java's children is refused. Java's daemon must lose
    /// only the shard.
    /// </summary>
    [Fact]
    public async Task Leases_that_ours_takes_from_Java_s_daemon_cost_it_nothing_but_the_leases()
    {
        var script = JavaWorkers.MultiLangDaemon();
        await _dynamo.InitializeAsync();
        await using var stream = await TestStream.CreateAsync(park, ServerKind.Embedded, 4, Token);
        using var load = new CancellationTokenSource();
        var putting = stream.KeepPuttingAsync(TimeSpan.FromMilliseconds(100), load.Token);

        var properties = Properties(stream, "java", "clientVersionConfig = CLIENT_VERSION_CONFIG_COMPATIBLE_WITH_2X");
        var java = Add(ExternalProcess.Start(script, [properties], Credentials));
        await UntilAsync("Java's daemon processes all four shards", events => Shards(events, "java") == 4);
        var ours = Add(KclProgramFiles.Start(["run", "-p", Properties(stream, "ours")]));
        await UntilAsync("ours has taken leases", events => Shards(events, "ours") >= 2);
        var joined = Ledger.Read()[^1].At;
        await UntilAsync("both have worked side by side for a while", events => events[^1].At - joined > Together.TotalMilliseconds);

        Assert.False(java.HasExited, java.Describe());
        await load.CancelAsync();
        await putting;
        await UntilAsync("every record was delivered", events => Numbers(events).IsSupersetOf(stream.Numbers));
        Assert.False(java.HasExited, java.Describe());

        // When our daemon has ended, Java's daemon (the same process) owns all leases again.
        ours.Terminate();
        Assert.Equal(0, await ours.WaitForExitAsync(TimeSpan.FromSeconds(40), Token));
        var put = stream.Numbers.Count;
        await stream.PutAsync(200, Token);
        await UntilAsync(
            "Java's daemon processes what is put now",
            events => Numbers(events.Where(e => e.Worker == "java")).IsSupersetOf(stream.Numbers.Skip(put)));
        Assert.False(java.HasExited, java.Describe());
        Report(stream);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in _workers)
        {
            await worker.DisposeAsync();
        }

        await _dynamo.DisposeAsync();
        _folder.Dispose();
    }

    private static Dictionary<string, string> Credentials => new()
    {
        ["AWS_ACCESS_KEY_ID"] = "test",
        ["AWS_SECRET_ACCESS_KEY"] = "test",
        ["AWS_EC2_METADATA_DISABLED"] = "true",
    };

    private ExternalProcess Add(ExternalProcess worker)
    {
        _workers.Add(worker);
        return worker;
    }

    private string Properties(TestStream stream, string worker, params string[] more)
    {
        var configuration = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        var child = Path.Combine(TestTools.Root, "artifacts", "bin", "LedgerChild", configuration, "LedgerChild.dll");
        var file = _folder.File($"{worker}.properties");
        File.WriteAllLines(file, [
            $"executableName = dotnet {child} {Ledger.Path} {worker} 5",
            $"streamName = {stream.Name}",
            "applicationName = interop",
            $"workerId = {worker}",
            "AWSCredentialsProvider = DefaultCredentialsProvider",
            "initialPositionInStream = TRIM_HORIZON",
            "regionName = us-east-1",
            $"kinesisEndpoint = {stream.Endpoint}",
            $"dynamoDBEndpoint = {_dynamo.Endpoint}",
            "metricsLevel = NONE",
            "failoverTimeMillis = 4000",
            "shardSyncIntervalMillis = 2000",
            "retrievalMode = POLLING",
            "idleTimeBetweenReadsInMillis = 200",
            .. more,
        ]);
        return file;
    }

    private Task UntilAsync(string what, Func<IReadOnlyList<LedgerEvent>, bool> condition) =>
        Eventually.TrueAsync(what, () => condition(Ledger.Read()), WaitTimeout, Describe, Token);

    private string Describe() =>
        string.Join(
            '\n',
            [.. _workers.Select(w => w.Describe()), "=== last of the ledger", .. Ledger.Read().TakeLast(20).Select(e => $"{e}")]);

    private static IEnumerable<LedgerEvent> Delivered(IEnumerable<LedgerEvent> events) =>
        events.Where(e => e.Kind == LedgerEventKind.Delivered);

    private static int Shards(IEnumerable<LedgerEvent> events, string worker) =>
        Delivered(events).Where(e => e.Worker == worker).Select(e => e.Shard).Distinct().Count();

    private static HashSet<long> Numbers(IEnumerable<LedgerEvent> events) => [.. Delivered(events).Select(e => e.Number)];

    private void Report(TestStream stream)
    {
        var events = Ledger.Read();
        foreach (var life in Delivered(events).GroupBy(e => e.Processor))
        {
            Assert.Equal(life.Select(e => e.Position).Distinct().Order(), life.Select(e => e.Position));
        }

        var repeated = Delivered(events).Count() - Numbers(events).Count;
        var lost = events.Count(e => e.Kind == LedgerEventKind.LeaseLost && e.Worker == "java");
        TestContext.Current.SendDiagnosticMessage(string.Create(
            CultureInfo.InvariantCulture,
            $"{stream.Numbers.Count} records, {repeated} delivered more than once, {lost} leases lost by Java's daemon"));
    }
}
