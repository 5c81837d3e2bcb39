using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Kcl.Integration.Tests.Workers;
using Kcl.Tests.Shared;

namespace Kcl.Integration.Tests.LocalKinesis;

/// <summary>
/// A random history of the real program on one data directory, in several runs. Each run begins with a check of everything that was
/// acknowledged in the runs before, and ends by SIGKILL or SIGTERM while clients are working.
/// </summary>
internal sealed class KilledServerHistory(int seed, string folder)
{
    private const int PutterCount = 2;
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(60);
    private static readonly string[] Names = ["a", "b", "c"];
    private static readonly string[] Strategies = ["AUTO", "USER_PARTITION_KEY"];

    private static readonly string[] Refusals =
        ["ResourceInUseException", "ResourceNotFoundException", "InvalidArgumentException", "LimitExceededException"];

    private readonly Random _random = new(seed);
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Known> _streams = [];
    private readonly List<string> _log = [];
    private int _lastData;
    private int _runs;
    private volatile bool _stopping;

    /// <summary>Gets the last steps, for the message of a failure.</summary>
    public string Log
    {
        get
        {
            lock (_lock)
            {
                return string.Join('\n', _log.TakeLast(80));
            }
        }
    }

    /// <summary>Gets the number of acknowledged records.</summary>
    public int Acknowledged { get; private set; }

    /// <summary>Starts the program, checks it, lets clients work, and ends the program at a random moment.</summary>
    public async Task LiveAsync(CancellationToken stop)
    {
        var run = ++_runs;
        await using var process = KclProgramFiles.Start(["local", "--port", "0", "--data", folder]);
        await process.WaitForTextAsync("Kinesis listens at", MaxWait, stop);
        Say($"run {run} begins");
        _stopping = false;
        using var kinesis = new RawKinesis(new(Regex.Match(process.Output, @"http://\S+?(?=,)").Value));
        await CheckAsync(kinesis, stop);

        using var exited = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var clients = Enumerable.Range(0, PutterCount)
            .Select(number => PutUntilExitAsync(kinesis, new Random(HashCode.Combine(seed, run, number)), exited.Token))
            .Append(ChangeUntilExitAsync(kinesis, new Random(HashCode.Combine(seed, run, -1)), exited.Token))
            .ToArray();
        await Task.Delay(TimeSpan.FromMilliseconds(_random.Next(3500)), TimeProvider.System, stop);
        var kill = _random.Next(3) > 0;
        Say($"run {run} ends: {(kill ? "SIGKILL" : "SIGTERM")}");
        _stopping = true;
        if (kill)
        {
            process.Kill();
        }
        else
        {
            process.Terminate();
        }

        _ = await process.WaitForExitAsync(MaxWait, stop);
        await exited.CancelAsync();
        await Task.WhenAll(clients).WaitAsync(MaxWait, TimeProvider.System, stop);
    }

    /// <summary>Starts the program for the last time, checks it, and ends it.</summary>
    public async Task EndAsync(CancellationToken stop)
    {
        await using var process = KclProgramFiles.Start(["local", "--port", "0", "--data", folder]);
        await process.WaitForTextAsync("Kinesis listens at", MaxWait, stop);
        using var kinesis = new RawKinesis(new(Regex.Match(process.Output, @"http://\S+?(?=,)").Value));
        await CheckAsync(kinesis, stop);
    }

    private async Task CheckAsync(RawKinesis kinesis, CancellationToken stop)
    {
        foreach (var stream in _streams.Values.ToArray())
        {
            var (summary, error) = await kinesis.CallAsync("DescribeStreamSummary", $$"""{"StreamName":"{{stream.Name}}"}""", stop);
            if (error is not null)
            {
                Assert.True(stream.DeletionAsked, $"Stream {stream.Name} does not exist: {summary}");
                _ = _streams.Remove(stream.Name);
                continue;
            }

            if (summary.GetProperty("StreamDescriptionSummary").GetProperty("StreamStatus").GetString() == "DELETING")
            {
                Assert.True(stream.DeletionAsked, $"Stream {stream.Name} is being deleted: {summary}");
                continue;
            }

            if (stream.DeletionAcknowledged)
            {
                // It is a new stream with the same name, whose creation was not acknowledged.
                Assert.True(stream.RecreationAsked, $"Stream {stream.Name} is back.");
                _ = _streams.Remove(stream.Name);
                continue;
            }

            // A deletion that was not acknowledged may not have been stored.
            stream.DeletionAsked = false;
            await CheckAsync(kinesis, stream, stop);
            await PutAsync(kinesis, stream, 3, _random, stop);
            await CheckAsync(kinesis, stream, stop);
        }
    }

    private static async Task CheckAsync(RawKinesis kinesis, Known stream, CancellationToken stop)
    {
        // The shards may change while they are read. They did not if the listings before and after are the same.
        IReadOnlyList<ListedShard> shards, after;
        var found = new Dictionary<string, Dictionary<string, string>>();
        do
        {
            found.Clear();
            shards = await kinesis.ShardsAsync(stream.Name, stop);
            foreach (var shard in shards)
            {
                var (records, ended, children) = await kinesis.ReadAsync(stream.Name, shard.Id, stop);
                var numbers = records.Select(record => record.GetProperty("SequenceNumber").GetString()!).ToArray();
                Assert.Equal(numbers.Distinct().Order(StringComparer.Ordinal), numbers);
                found[shard.Id] = records.ToDictionary(
                    record => record.GetProperty("SequenceNumber").GetString()!,
                    record => Encoding.ASCII.GetString(record.GetProperty("Data").GetBytesFromBase64()));
                Assert.True(
                    shard.IsOpen || (ended && children.SequenceEqual(ListedShard.ChildrenOf(shards, shard.Id))),
                    $"{shard} was read to {ended}, {string.Join(' ', children)}");
                Assert.All(numbers, number => Assert.InRange(number, shard.First, shard.Last ?? "9", StringComparer.Ordinal));
            }

            after = await kinesis.ShardsAsync(stream.Name, stop);
        }
        while (!shards.SequenceEqual(after));

        Assert.Empty(ListedShard.Problems(shards));
        Assert.All(
            stream.Records,
            record =>
            {
                var data = found.GetValueOrDefault(record.Shard)?.GetValueOrDefault(record.SequenceNumber);
                Assert.Equal((record, record.Data), (record, data));
            });
    }

    private async Task PutUntilExitAsync(RawKinesis kinesis, Random random, CancellationToken exited)
    {
        try
        {
            while (true)
            {
                if (PickStream(random) is { } stream)
                {
                    await PutAsync(kinesis, stream, random.Next(1, 20), random, exited);
                }

                await Task.Delay(TimeSpan.FromMilliseconds(random.Next(15)), TimeProvider.System, exited);
            }
        }
        catch (Exception fault) when (fault is HttpRequestException or OperationCanceledException)
        {
            // The server has ended.
        }
    }

    private async Task PutAsync(RawKinesis kinesis, Known stream, int count, Random random, CancellationToken stop)
    {
        var data = Enumerable.Range(0, count)
            .Select(_ => Interlocked.Increment(ref _lastData).ToString(CultureInfo.InvariantCulture))
            .ToArray();
        var entries = data.Select(text => $$"""{"Data":"{{Base64(text)}}","PartitionKey":"key-{{random.Next(100)}}"}""");
        var (answer, error) = await CallAsync(
            kinesis,
            "PutRecords",
            $$"""{"StreamName":"{{stream.Name}}","Records":[{{string.Join(',', entries)}}]}""",
            stop);
        if (error is not null)
        {
            Assert.Equal("ResourceNotFoundException", error);
            Assert.True(stream.IsYoung || stream.DeletionAsked, $"Stream {stream.Name} takes no records: {answer}");
            return;
        }

        stream.IsYoung = false;
        lock (_lock)
        {
            Acknowledged += count;
            stream.Records.AddRange(data.Zip(answer.GetProperty("Records").EnumerateArray(), (text, result) =>
                new Put(result.GetProperty("ShardId").GetString()!, result.GetProperty("SequenceNumber").GetString()!, text)));
        }
    }

    private async Task ChangeUntilExitAsync(RawKinesis kinesis, Random random, CancellationToken exited)
    {
        try
        {
            while (true)
            {
                await ChangeAsync(kinesis, random, exited);

                // Usually long enough for a reshard to complete, and for its child shards to receive records, without a later change of the
                // stream.
                var pause = random.Next(2) == 0 ? random.Next(150) : random.Next(2500);
                await Task.Delay(TimeSpan.FromMilliseconds(pause), TimeProvider.System, exited);
            }
        }
        catch (Exception fault) when (fault is HttpRequestException or OperationCanceledException)
        {
            // The server has ended.
        }
    }

    private async Task ChangeAsync(RawKinesis kinesis, Random random, CancellationToken stop)
    {
        if (random.Next(5) == 0 || PickStream(random) is not { } stream)
        {
            await CreateAsync(kinesis, Names[random.Next(Names.Length)], random, stop);
            return;
        }

        var arn = $"arn:aws:kinesis:us-east-1:000000000000:stream/{stream.Name}";
        switch (random.Next(12))
        {
            case 0:
                stream.DeletionAsked = true;
                stream.DeletionAcknowledged = await AskAsync(
                    kinesis,
                    "DeleteStream",
                    $$"""{"StreamName":"{{stream.Name}}","EnforceConsumerDeletion":true}""",
                    stop);
                break;
            case 1:
                _ = await AskAsync(
                    kinesis,
                    "RegisterStreamConsumer",
                    $$"""{"StreamARN":"{{arn}}","ConsumerName":"app-{{random.Next(5)}}"}""",
                    stop);
                break;
            case 2:
                _ = await AskAsync(
                    kinesis,
                    "DeregisterStreamConsumer",
                    $$"""{"StreamARN":"{{arn}}","ConsumerName":"app-{{random.Next(5)}}"}""",
                    stop);
                break;
            case 3:
                _ = await AskAsync(
                    kinesis,
                    "IncreaseStreamRetentionPeriod",
                    $$"""{"StreamName":"{{stream.Name}}","RetentionPeriodHours":{{random.Next(24, 60)}}}""",
                    stop);
                break;
            case 4:
                _ = await AskAsync(
                    kinesis,
                    "UpdateStreamRecordDistributionStrategy",
                    $$"""{"StreamARN":"{{arn}}","RecordDistributionStrategy":"{{Strategies[random.Next(2)]}}"}""",
                    stop);
                break;
            default:
                await ReshardAsync(kinesis, stream, random, stop);
                break;
        }
    }

    private async Task CreateAsync(RawKinesis kinesis, string name, Random random, CancellationToken stop)
    {
        var known = new Known(name) { IsYoung = true };
        lock (_lock)
        {
            if (_streams.TryGetValue(name, out var earlier))
            {
                earlier.RecreationAsked = true;
            }
        }

        var (_, error) = await CallAsync(kinesis, "CreateStream", random.Next(2) == 0
            ? $$"""{"StreamName":"{{name}}","ShardCount":{{random.Next(1, 4)}}}"""
            : $$$"""{"StreamName":"{{{name}}}","StreamModeDetails":{"StreamMode":"ON_DEMAND"}}""", stop);
        Say($"CreateStream {name}: {error ?? "done"}");
        lock (_lock)
        {
            // If a stream was created just before a kill without an acknowledgment, it is used as it is.
            if (error is null || (error == "ResourceInUseException" && !_streams.ContainsKey(name)))
            {
                _streams[name] = known;
            }
        }
    }

    private async Task ReshardAsync(RawKinesis kinesis, Known stream, Random random, CancellationToken stop)
    {
        var (answer, error) = await kinesis.CallAsync(
            "ListShards",
            $$$"""{"StreamName":"{{{stream.Name}}}","ShardFilter":{"Type":"AT_LATEST"}}""",
            stop);
        if (error is not null)
        {
            return;
        }

        var open = ListedShard.Read(answer).OrderBy(shard => shard.Start).ToArray();
        var at = random.Next(open.Length);
        var (first, next) = (open[at], open[(at + 1) % open.Length]);
        var middle = first.Start + ((first.End - first.Start) / 2);
        _ = random.Next(3) switch
        {
            0 when open.Length < 8 => await AskAsync(
                kinesis,
                "SplitShard",
                $$"""{"StreamName":"{{stream.Name}}","ShardToSplit":"{{first.Id}}","NewStartingHashKey":"{{middle}}"}""",
                stop),
            1 => await AskAsync(
                kinesis,
                "MergeShards",
                $$"""{"StreamName":"{{stream.Name}}","ShardToMerge":"{{first.Id}}","AdjacentShardToMerge":"{{next.Id}}"}""",
                stop),
            _ => await AskAsync(
                kinesis,
                "UpdateShardCount",
                $$"""{"StreamName":"{{stream.Name}}","TargetShardCount":{{random.Next(1, 7)}},"ScalingType":"UNIFORM_SCALING"}""",
                stop),
        };
    }

    private async Task<bool> AskAsync(RawKinesis kinesis, string operation, string request, CancellationToken stop)
    {
        var (_, error) = await CallAsync(kinesis, operation, request, stop);
        Say($"{operation} {request}: {error ?? "done"}");
        Assert.True(error is null || Refusals.Contains(error), error);
        return error is null;
    }

    // A server that is stopping returns an error for a request that it can no longer write. Such a request is not acknowledged.
    private async Task<(JsonElement Body, string? Error)> CallAsync(
        RawKinesis kinesis,
        string operation,
        string body,
        CancellationToken stop)
    {
        var (answer, error) = await kinesis.CallAsync(operation, body, stop);
        return error == "InternalFailureException"
            && _stopping ? throw new HttpRequestException($"{operation}: {answer}") : (answer, error);
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.ASCII.GetBytes(text));

    private Known? PickStream(Random random)
    {
        lock (_lock)
        {
            var there = _streams.Values.Where(stream => !stream.DeletionAsked).ToArray();
            return there.Length == 0 ? null : there[random.Next(there.Length)];
        }
    }

    private void Say(string what)
    {
        lock (_lock)
        {
            _log.Add($"{TimeProvider.System.GetUtcNow():HH:mm:ss.fff} {what}");
        }
    }

    private sealed record Put(string Shard, string SequenceNumber, string Data);

    private sealed class Known(string name)
    {
        public string Name { get; } = name;

        public List<Put> Records { get; } = [];

        /// <summary>Gets or sets a value indicating whether the stream may still be CREATING.</summary>
        public bool IsYoung { get; set; }

        public bool DeletionAsked { get; set; }

        public bool DeletionAcknowledged { get; set; }

        public bool RecreationAsked { get; set; }
    }
}
