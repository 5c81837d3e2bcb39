using System.Collections.Concurrent;
using System.Runtime.Versioning;
using System.Text;
using Kcl.Daemon;
using Kcl.Integration.Tests.Daemon;
using Kcl.Integration.Tests.LocalKinesis;
using Kcl.Integration.Tests.Servers.Scripted;
using Kcl.Kinesis;
using Kcl.Testing;

namespace Kcl.Integration.Tests.Scenarios;

/// <summary>
/// Tests streams for which the service chooses the shards: records may have no partition key, and an aggregate can be in any shard. All
/// records are processed, with every retrieval mode and every kind of processor.
/// </summary>
public sealed class AutoDistributionTests
{
    private static readonly TimeSpan WaitTimeout = TimeSpan.FromSeconds(60);
    private static readonly StreamName Stream = new(ScriptedKinesis.StreamName);
    private static readonly string[] Words = ["zero", "one", "two", "three"];

    /// <summary>The retrieval mode, and the encoding of the client.</summary>
    public static TheoryData<RetrievalMode, KinesisEncoding> Ways => new()
    {
        { RetrievalMode.Polling, KinesisEncoding.Cbor },
        { RetrievalMode.Polling, KinesisEncoding.Json },
        { RetrievalMode.FanOut, KinesisEncoding.Cbor },
        { RetrievalMode.FanOut, KinesisEncoding.Json },
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Records_without_a_key_and_aggregates_of_any_shard_reach_a_processor(RetrievalMode mode, KinesisEncoding encoding)
    {
        await using var server = await ScriptedKinesis.StartAsync(2, "AUTO", Token);
        var expected = PutAll(server);
        var options = KinesisClientOptions.ForLocalServer(server.Endpoint);
        options.Encoding = encoding;
        await using var client = new KinesisClient(options);
        var (seen, log) = await ProcessAsync(client, mode, expected.Count);

        Assert.Equal(expected.Order(StringComparer.Ordinal), seen.Order(StringComparer.Ordinal));
        Assert.DoesNotContain(log.All, line => line.StartsWith("Warning", StringComparison.Ordinal));
        Assert.InRange(server.Count("DescribeStreamSummary"), 1, 3);
        AssertAsked(server, mode, encoding);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    [SupportedOSPlatform("linux")]
    public async Task They_reach_a_child(RetrievalMode mode, KinesisEncoding encoding)
    {
        await using var server = await ScriptedKinesis.StartAsync(2, "AUTO", Token);
        var expected = PutAll(server);

        var child = $"python3 {Path.Combine(AppContext.BaseDirectory, "Daemon", "child.py")} tell-records";
        var log = await RunChildrenAsync(server, mode, encoding, child, expected);

        Assert.Equal(expected.Order(StringComparer.Ordinal), Records(log).Order(StringComparer.Ordinal));
        AssertAsked(server, mode, encoding);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    [SupportedOSPlatform("linux")]
    public async Task They_reach_a_csharp_child(RetrievalMode mode, KinesisEncoding encoding)
    {
        await using var server = await ScriptedKinesis.StartAsync(1, "AUTO", Token);
        foreach (var word in Words)
        {
            server.Put(0, Encoding.ASCII.GetBytes(word), null);
        }

        server.Put(0, Aggregate("four", "five"), null);
        var configuration = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        var child = $"dotnet {Path.Combine(TestTools.Root, "artifacts", "bin", "WordCounter", configuration, "WordCounter.dll")}";

        await RunChildrenAsync(server, mode, encoding, child, ["checkpointed: 6 records;"]);

        AssertAsked(server, mode, encoding);
    }

    [Fact]
    public async Task Where_keys_decide_an_aggregate_of_another_shard_is_left_out_and_logged()
    {
        await using var server = await ScriptedKinesis.StartAsync(2, strategy: null, Token);
        var first = server.Put(0, Aggregate("in", "out"), "a");
        server.Put(0, "after"u8.ToArray(), "k");
        await using var client = new KinesisClient(KinesisClientOptions.ForLocalServer(server.Endpoint));
        var (seen, log) = await ProcessAsync(client, RetrievalMode.Polling, 1);

        Assert.EndsWith("after 0 of " + first[..^1] + "1", Assert.Single(seen), StringComparison.Ordinal);
        var warning = Assert.Single(log.All, line => line.StartsWith("Warning", StringComparison.Ordinal));
        Assert.Contains(
            $"1 aggregate(s) in shard shardId-000000000000 of stream {Stream} were left out", warning, StringComparison.Ordinal);
        Assert.Contains(first, warning, StringComparison.Ordinal);
    }

    private static void AssertAsked(ScriptedKinesis server, RetrievalMode mode, KinesisEncoding encoding)
    {
        var contentType = encoding == KinesisEncoding.Cbor ? "application/x-amz-cbor-1.1" : "application/x-amz-json-1.1";
        Assert.Equal(contentType, Assert.Single(server.Encodings));
        Assert.Equal(mode == RetrievalMode.FanOut, server.Count("SubscribeToShard") > 0);
        Assert.Equal(mode == RetrievalMode.Polling, server.Count("GetRecords") > 0);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task What_the_embedded_server_distributes_by_itself_is_processed_once(RetrievalMode mode, KinesisEncoding encoding)
    {
        await using var server = await LocalServer.StartAsync();
        _ = await server.CallAsync(
            "CreateStream",
            $$"""{"StreamName":"{{Stream}}","StreamModeDetails":{"StreamMode":"ON_DEMAND"},"RecordDistributionStrategy":"AUTO"}""");
        using var client = server.ClientOf(encoding);
        var summary = await client.DescribeStreamSummaryAsync(Stream, Token);
        var isAuto = summary.RecordDistribution == RecordDistributionStrategy.Auto;
        Assert.SkipUnless(isAuto, "The embedded server does not choose the shards of records.");

        PutRecordEntry[] puts =
        [
            .. Texts("keyless", 20).Select(text => new PutRecordEntry(text)),
            .. Texts("keyed", 20).Select(text => new PutRecordEntry(text, "k")),
            .. Enumerable.Repeat(new PutRecordEntry(Aggregate("in", "out")), 10),
            .. Enumerable.Repeat(new PutRecordEntry(Aggregate("in", "out"), "a"), 10),
        ];
        PutRecordEntry[] many = [.. Texts("many", 50).Select(text => new PutRecordEntry(text, "k"))];
        var results = await client.PutRecordsAsync(Stream, puts, Token);
        var aggregated = await client.PutAllAggregatedAsync(Stream, many, new() { Put = { Random = new(1) } }, Token);
        Assert.All(results.Concat(aggregated), result => Assert.True(result.Succeeded, result.ErrorMessage));
        Assert.Equal(50, aggregated.Select(result => (result.ShardId, result.SequenceNumber)).Distinct().Count());

        var (seen, log) = await ProcessAsync(client, mode, 130);

        string[] expected =
        [
            .. Enumerable.Range(0, 20).Select(i => $"record null keyless-{i} 0"),
            .. Enumerable.Range(0, 20).Select(i => $"record \"k\" keyed-{i} 0"),
            .. Enumerable.Repeat("record \"pk2\" in 0", 20),
            .. Enumerable.Repeat("record \"pk1\" out 1", 20),
            .. Enumerable.Range(0, 50).Select(i => $"record \"k\" many-{i} 0"),
        ];
        var known = seen.Select(line => line[..line.IndexOf(" of ", StringComparison.Ordinal)]);
        Assert.Equal(expected.Order(StringComparer.Ordinal), known.Order(StringComparer.Ordinal));
        Assert.DoesNotContain(log.All, line => line.StartsWith("Warning", StringComparison.Ordinal));

        _ = await server.CallAsync(
            "UpdateStreamRecordDistributionStrategy",
            $$"""{"StreamARN":"{{summary.StreamArn}}","RecordDistributionStrategy":"USER_PARTITION_KEY"}""");
        var refusal = await Assert.ThrowsAsync<KinesisException>(() => client.PutRecordAsync(Stream, new("x"u8.ToArray()), Token));
        Assert.Equal(KinesisErrorCode.InvalidArgument, refusal.Code);

        static IEnumerable<byte[]> Texts(string name, int count) =>
            Enumerable.Range(0, count).Select(i => Encoding.ASCII.GetBytes($"{name}-{i}"));
    }

    /// <summary>Puts records of every kind into both shards.</summary>
    /// <returns>The records that processors must receive, as <c>record KEY DATA SUB of NUMBER</c> with the key in JSON.</returns>
    private static List<string> PutAll(ScriptedKinesis server)
    {
        var expected = new List<string>();
        for (var shard = 0; shard < 2; shard++)
        {
            foreach (var word in Words)
            {
                Put(word, null);
                Put(word, word);
            }

            // The two keys of the aggregate hash into different halves. It is put with a key, as by the Kinesis Producer Library, and
            // without one.
            foreach (var key in new[] { "a", null })
            {
                var number = server.Put(shard, Aggregate("in", "out"), key);
                expected.Add($"record \"pk2\" in 0 of {number}");
                expected.Add($"record \"pk1\" out 1 of {number}");
            }

            void Put(string data, string? key)
            {
                var number = server.Put(shard, Encoding.ASCII.GetBytes(data), key);
                expected.Add($"record {(key is null ? "null" : $"\"{key}\"")} {data} 0 of {number}");
            }
        }

        return expected;
    }

    private static byte[] Aggregate(string lower, string upper)
    {
        var aggregator = new RecordAggregator();
        Assert.True(aggregator.TryAdd(new(Encoding.ASCII.GetBytes(lower), "pk2")));
        Assert.True(aggregator.TryAdd(new(Encoding.ASCII.GetBytes(upper), "pk1")));
        return aggregator.Build().Data.ToArray();
    }

    // The log lines of the children in Python.
    private static IEnumerable<string> Records(LogLines log) => log.All
        .Where(line => line.Contains(" of 49", StringComparison.Ordinal))
        .Select(line => line[line.IndexOf("record ", StringComparison.Ordinal)..]);

    /// <summary>Processes records in this process until a number of them was received.</summary>
    private static async Task<(IReadOnlyList<string> Seen, LogLines Log)> ProcessAsync(KinesisClient client, RetrievalMode mode, int count)
    {
        var log = new LogLines();
        var recorder = new Recorder();
        using var stop = new CancellationTokenSource();
        await using (var consumer = new KinesisConsumer(
            new()
            {
                ApplicationName = "app",
                Stream = { Identifier = Stream, InitialPosition = InitialPosition.TrimHorizon },
                RetrievalMode = mode,
                IdleTimeBetweenReads = TimeSpan.FromMilliseconds(200),
            },
            new()
            {
                KinesisClient = client,
                LeaseStore = new InMemoryLeaseStore(),
                ProcessorFactory = recorder,
                LoggerFactory = log,
                Random = new(7),
            }))
        {
            var run = consumer.RunAsync(stop.Token);
            await Eventually.TrueAsync(
                "every record processed",
                () => run.IsFaulted || recorder.Seen.Count >= count,
                WaitTimeout,
                () => string.Join('\n', log.All.Concat(recorder.Seen)),
                TestContext.Current.CancellationToken);
            await stop.CancelAsync();
            await run;
        }

        return ([.. recorder.Seen], log);
    }

    private static async Task<LogLines> RunChildrenAsync(
        ScriptedKinesis server, RetrievalMode mode, KinesisEncoding encoding, string child, IReadOnlyList<string> expected)
    {
        using var folder = new TemporaryFolder();
        using var stop = new CancellationTokenSource();
        var file = folder.File("app.properties");
        await File.WriteAllLinesAsync(
            file,
            [
                $"executableName = {child}",
                $"streamName = {ScriptedKinesis.StreamName}",
                "applicationName = app",
                "initialPositionInStream = TRIM_HORIZON",
                $"retrievalMode = {(mode == RetrievalMode.FanOut ? "FANOUT" : "POLLING")}",
            ],
            Token);
        var configuration = DaemonConfiguration.Load(new()
        {
            PropertiesFile = file,
            Local = true,
            LocalEndpoint = server.Endpoint,
            LocalDirectory = folder.Path,
            Environment = name => name == "AWS_CBOR_DISABLE" && encoding == KinesisEncoding.Json ? "true" : null,
        });
        var log = new LogLines();
        var services = new MultiLangDaemonServices { LoggerFactory = log, Random = new Random(1) };
        await using (var daemon = await MultiLangDaemon.CreateAsync(configuration, services, Token))
        {
            var run = daemon.RunAsync(stop.Token);
            await Eventually.TrueAsync(
                "every record processed",
                () => run.IsFaulted || expected.All(part => log.All.Any(line => line.Contains(part, StringComparison.Ordinal))),
                WaitTimeout,
                () => string.Join('\n', log.All),
                Token);
            await stop.CancelAsync();
            await run;
        }

        return log;
    }

    /// <summary>Records what is processed, as the child in Python does.</summary>
    private sealed class Recorder : ShardRecordProcessor, IShardRecordProcessorFactory
    {
        public ConcurrentQueue<string> Seen { get; } = [];

        public IShardRecordProcessor Create(ShardId shardId) => this;

        public override ValueTask ProcessRecordsAsync(ProcessRecordsInput input, CancellationToken cancellationToken)
        {
            foreach (var record in input.Records)
            {
                var key = record.HasPartitionKey ? $"\"{record.PartitionKey}\"" : "null";
                var data = Encoding.ASCII.GetString(record.Data.Span);
                Seen.Enqueue($"record {key} {data} {record.SubSequenceNumber} of {record.SequenceNumber}");
            }

            return default;
        }
    }
}
