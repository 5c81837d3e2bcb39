using System.Globalization;
using System.Text;
using System.Text.Json;
using Kcl.LocalKinesis;
using Kcl.LocalKinesis.Errors;
using Kcl.LocalKinesis.Model;
using Kcl.Tests.Shared;

namespace Kcl.Unit.Tests.LocalKinesis;

/// <summary>
/// A random history of an embedded server that stores its data: operations, time that passes, commits that are late or fail, crashes,
/// and a machine's clock that is set between two runs. The responses that clients received are compared with what they can read.
/// </summary>
internal sealed class RandomHistory : IAsyncDisposable
{
    private const long Hour = 3_600_000;
    private static readonly string[] Names = ["a", "b"];

    private static readonly string[] Refusals =
    [
        "ResourceInUseException", "ResourceNotFoundException", "InvalidArgumentException", "LimitExceededException", "ValidationException",
    ];

    private static readonly int[] Pauses = [0, 0, 1, 7, 49, 50, 51, 333, 949, 950, 999, 1000, 1700];
    private readonly Random _random;
    private readonly List<string> _log = [];
    private readonly List<(Task<JsonElement> Answer, Action<JsonElement> Acknowledged)> _open = [];
    private readonly List<Action<JsonElement>> _retried = []; // changes of a failed transaction, which the next one writes
    private readonly SettableClock _machine = new(1_700_000_000_123);
    private readonly Dictionary<string, KnownStream> _acknowledged = [];
    private Dictionary<string, KnownStream> _live = [];
    private ServerClock _clock;
    private JournalStore _store;
    private ServerCore _server;
    private int _lastData;

    public RandomHistory(int seed)
    {
        _random = new Random(seed);
        _clock = new ServerClock(_machine);
        _store = new JournalStore(_clock);
        _server = new ServerCore(_store, _clock, new LocalKinesisOptions());
    }

    /// <summary>Gets the steps, for the message of a failure.</summary>
    public string Log => string.Join('\n', _log.TakeLast(60));

    /// <summary>Gets the number of crashes.</summary>
    public int Crashes { get; private set; }

    /// <summary>Gets the number of compared records.</summary>
    public int Compared { get; private set; }

    /// <summary>Runs a number of steps; the last one is a crash.</summary>
    public async Task RunAsync(int steps)
    {
        for (var i = 0; i < steps; i++)
        {
            await StepAsync();
            foreach (var stream in _live.Values.ToArray())
            {
                CheckAgreement(stream);
            }
        }

        await CrashAsync();
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    private async Task StepAsync()
    {
        var name = Pick(Names);
        switch (_random.Next(100))
        {
            case < 3:
                Delete(name);
                break;
            case < 45 when _live.TryGetValue(name, out var stream):
                Put(stream);
                break;
            case < 60 when _live.TryGetValue(name, out var stream):
                Reshard(stream);
                break;
            case < 68 when _live.TryGetValue(name, out var stream):
                ChangeSettings(stream);
                break;
            case < 74:
                await CommitAsync(fail: true);
                break;
            case < 76:
                _machine.Advance(Hour * _random.Next(1, 30));
                _log.Add("hours pass");
                break;
            case < 82:
                await CrashAsync();
                break;
            case < 90 when !_live.ContainsKey(name):
                Create(name);
                break;
            default:
                await CommitAsync(fail: false);
                break;
        }

        _machine.Advance(Pick(Pauses));
    }

    private void Create(string name)
    {
        var onDemand = _random.Next(2) == 0;
        var known = new KnownStream(name);
        var size = onDemand
            ? $$"""
              "StreamModeDetails":{"StreamMode":"ON_DEMAND"},"RecordDistributionStrategy":"{{Pick(["AUTO", "USER_PARTITION_KEY"])}}"
              """
            : $"\"ShardCount\":{_random.Next(1, 5)}";
        if (Ask("CreateStream", $$"""{"StreamName":"{{name}}",{{size}}}""", _ => _acknowledged[name] = known))
        {
            _live[name] = known;
        }
    }

    private void Delete(string name)
    {
        var known = _live.GetValueOrDefault(name);
        if (Ask("DeleteStream", $$"""{"StreamName":"{{name}}","EnforceConsumerDeletion":true}""", _ => Forget()))
        {
            _ = _live.Remove(name);
        }

        void Forget()
        {
            if (_acknowledged.GetValueOrDefault(name) == known)
            {
                _ = _acknowledged.Remove(name);
            }
        }
    }

    private void Put(KnownStream stream)
    {
        // A key is optional only while the strategy is AUTO. Otherwise, a put without one is refused.
        var records = Enumerable.Range(0, _random.Next(1, 4)).Select(_ => NewRecord()).ToArray();
        var entries = records.Select(record =>
        {
            var key = record.Key is null ? "" : $",\"PartitionKey\":\"{record.Key}\"";
            return $$"""{"Data":"{{Convert.ToBase64String(Encoding.ASCII.GetBytes(record.Data))}}"{{key}}}""";
        });
        var (at, open) = (_clock.Now, OpenShards(stream));
        _ = Ask("PutRecords", $$"""{"StreamName":"{{stream.Name}}","Records":[{{string.Join(',', entries)}}]}""", answer =>
        {
            // No client received the sequence numbers of records whose transaction failed.
            if (answer.ValueKind == JsonValueKind.Undefined)
            {
                return;
            }

            foreach (var (record, result) in records.Zip(answer.GetProperty("Records").EnumerateArray()))
            {
                var shard = result.GetProperty("ShardId").GetString()!;
                Assert.Contains(shard, open!);
                stream.Records.Add(new(shard, result.GetProperty("SequenceNumber").GetString()!, record.Data, record.Key, at));
            }
        });
    }

    private (string Data, string? Key) NewRecord() =>
        ((++_lastData).ToString(CultureInfo.InvariantCulture), _random.Next(4) > 0 ? $"key-{_random.Next(50)}" : null);

    private void Reshard(KnownStream stream)
    {
        if (OpenShards(stream) is null)
        {
            return;
        }

        var open = List(stream).Where(shard => shard.IsOpen).OrderBy(shard => shard.Start).ToArray();
        var at = _random.Next(open.Length);
        var (first, next) = (open[at], open[(at + 1) % open.Length]);
        var target = _random.Next(1, 7);
        var asked = _random.Next(3) switch
        {
            0 => new AskedReshard("SplitShard", [first.Id], 0, _clock.Now),
            1 => new("MergeShards", [first.Id, next.Id], 0, _clock.Now),
            _ => new("UpdateShardCount", [], target, _clock.Now),
        };
        var request = asked.Operation switch
        {
            "SplitShard" => $"\"ShardToSplit\":\"{first.Id}\",\"NewStartingHashKey\":\"{first.Start + ((first.End - first.Start) / 3)}\"",
            "MergeShards" => $"\"ShardToMerge\":\"{first.Id}\",\"AdjacentShardToMerge\":\"{next.Id}\"",
            _ => $"\"TargetShardCount\":{target},\"ScalingType\":\"UNIFORM_SCALING\"",
        };
        if (Ask(asked.Operation, $$"""{"StreamName":"{{stream.Name}}",{{request}}}""", _ => asked.IsAcknowledged = true))
        {
            stream.Reshard = asked;
        }
    }

    private void ChangeSettings(KnownStream stream)
    {
        var arn = $"arn:aws:kinesis:us-east-1:000000000000:stream/{stream.Name}";
        var name = $"name-{_random.Next(30)}";
        switch (_random.Next(6))
        {
            case 0:
                _ = Ask(
                    "RegisterStreamConsumer",
                    $$"""{"StreamARN":"{{arn}}","ConsumerName":"{{name}}"}""",
                    _ => stream.Consumers.Add(name));
                break;
            case 1 when stream.Consumers.Count > 0:
                var gone = stream.Consumers.First();
                if (Ask("DeregisterStreamConsumer", $$"""{"StreamARN":"{{arn}}","ConsumerName":"{{gone}}"}""", _ => { }))
                {
                    // The request is enough: whether the consumer has disappeared is not checked.
                    _ = stream.Consumers.Remove(gone);
                }

                break;
            case 2:
                _ = Ask(
                    "AddTagsToStream",
                    $$$"""{"StreamName":"{{{stream.Name}}}","Tags":{"{{{name}}}":"x"}}""",
                    _ => stream.Tags.Add(name));
                break;
            case 3:
                _ = Ask(
                    "IncreaseStreamRetentionPeriod",
                    $$"""{"StreamName":"{{stream.Name}}","RetentionPeriodHours":{{_random.Next(24, 60)}}}""",
                    _ => { });
                break;
            case 4:
                _ = Ask(
                    "UpdateStreamRecordDistributionStrategy",
                    $$"""{"StreamARN":"{{arn}}","RecordDistributionStrategy":"{{Pick(["AUTO", "USER_PARTITION_KEY"])}}"}""",
                    _ => { });
                break;
            default:
                _ = Ask(
                    "UpdateStreamMode",
                    $$$"""{"StreamARN":"{{{arn}}}","StreamModeDetails":{"StreamMode":"{{{Pick(["PROVISIONED", "ON_DEMAND"])}}}"}}""",
                    _ => { });
                break;
        }
    }

    // Requests a change. The response is known when the transaction is committed.
    private bool Ask(string operation, string request, Action<JsonElement> acknowledged)
    {
        var answer = _server.CallAsync(operation, request);
        if (answer is { IsFaulted: true, Exception.InnerException: ServiceErrorException refusal })
        {
            _log.Add($"{_clock.Now} {operation} {request}: {refusal.Type}");
            Assert.Contains(refusal.Type, Refusals);
            return false;
        }

        _log.Add($"{_clock.Now} {operation} {request}");
        _open.Add((answer, acknowledged));
        return true;
    }

    private async Task CommitAsync(bool fail)
    {
        _log.Add($"{_clock.Now} {(fail ? "a commit fails" : "commit")}");
        if (fail)
        {
            _store.Fail();
        }
        else
        {
            _store.Commit();
        }

        if (!fail)
        {
            _retried.ForEach(written => written(default));
            _retried.Clear();
        }

        foreach (var (answer, acknowledged) in _open)
        {
            await ((Task)answer).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Assert.Equal(fail, answer.IsFaulted);
            if (fail)
            {
                _retried.Add(acknowledged);
            }
            else
            {
                acknowledged(await answer);
            }
        }

        _open.Clear();
    }

    private async Task CrashAsync()
    {
        Crashes++;

        // If the machine's clock is set back, state that a client saw but that was never committed may differ afterwards. State that was
        // acknowledged may not.
        var nothingOpen = _random.Next(2) == 0;
        if (nothingOpen)
        {
            await CommitAsync(fail: false);
        }

        _open.Clear();
        _retried.Clear();
        var shift = _random.Next(4) switch
        {
            0 => -_random.NextInt64(2 * Hour),
            1 => _random.NextInt64(3000),
            _ => 0,
        };
        _log.Add($"{_clock.Now} crash, clock set by {shift} ms");
        _machine.Set(_machine.GetUtcNow().ToUnixTimeMilliseconds() + shift);
        _clock = new ServerClock(_machine);
        _store = _store.Reopen(_clock);
        _server = new ServerCore(_store, _clock, new LocalKinesisOptions());
        _live = new(_acknowledged);
        foreach (var stream in _live.Values)
        {
            stream.Reshard = stream.Reshard is { IsAcknowledged: true } ? stream.Reshard : null;
            if (!nothingOpen)
            {
                stream.Ended.Clear();
            }
        }

        // Streams and consumers that were being created are there.
        _machine.Advance(51);
        foreach (var stream in _live.Values)
        {
            CheckRecords(stream);
            CheckAgreement(stream);
        }
    }

    private void CheckRecords(KnownStream stream)
    {
        var shards = List(stream);
        var found = new Dictionary<string, IReadOnlyList<JsonElement>>();
        foreach (var shard in shards)
        {
            var (records, ended, children) = ReadAll(stream, shard.Id);
            Assert.Equal(!shard.IsOpen, ended);
            Assert.Equal(ListedShard.ChildrenOf(shards, shard.Id), children);
            var numbers = records.Select(record => record.GetProperty("SequenceNumber").GetString()!).ToArray();
            Assert.Equal(numbers.Distinct().Order(StringComparer.Ordinal), numbers);
            Assert.All(numbers, number => Assert.InRange(number, shard.First, shard.Last ?? "9", StringComparer.Ordinal));
            Assert.All(
                numbers,
                number => Assert.True(shard.Last is null || ListedShard.SecondOf(number) <= ListedShard.SecondOf(shard.Last)));
            found[shard.Id] = records;
        }

        foreach (var known in stream.Records.Where(known => known.At > _clock.Now - (stream.ShortestRetentionHours * Hour)))
        {
            Assert.True(found.TryGetValue(known.Shard, out var records), $"{known} was acknowledged, but its shard does not exist");
            var record = Assert.Single(records, record => record.GetProperty("SequenceNumber").GetString() == known.SequenceNumber);
            Assert.Equal(known.Data, Encoding.ASCII.GetString(record.GetProperty("Data").GetBytesFromBase64()));
            Assert.Equal(known.Key, record.TryGetProperty("PartitionKey", out var key) ? key.GetString() : null);
            Compared++;
        }

        var consumers = _server.Call(
            "ListStreamConsumers",
            $$"""{"StreamARN":"arn:aws:kinesis:us-east-1:000000000000:stream/{{stream.Name}}"}""")
            .GetProperty("Consumers").EnumerateArray().Select(consumer => consumer.GetProperty("ConsumerName").GetString()!);
        Assert.Subset(consumers.ToHashSet(), stream.Consumers);
        var tags = _server.Call("ListTagsForStream", $$"""{"StreamName":"{{stream.Name}}"}""")
            .GetProperty("Tags").EnumerateArray().Select(tag => tag.GetProperty("Key").GetString()!);
        Assert.Subset(tags.ToHashSet(), stream.Tags);
    }

    // At any given time, all responses of the server about a stream are consistent.
    private void CheckAgreement(KnownStream stream)
    {
        var request = $$"""{"StreamName":"{{stream.Name}}"}""";
        var summary = _server.Call("DescribeStreamSummary", request).GetProperty("StreamDescriptionSummary");
        var status = summary.GetProperty("StreamStatus").GetString();
        if (status == "CREATING")
        {
            return;
        }

        var shards = List(stream);
        Assert.Empty(ListedShard.Problems(shards));
        Assert.Equal(shards, ListedShard.Read(_server.Call("DescribeStream", request).GetProperty("StreamDescription")));
        var open = OpenShards(stream)!;
        Assert.Equal(shards.Where(shard => shard.IsOpen).Select(shard => shard.Id), open);
        Assert.Equal(open.Count, summary.GetProperty("OpenShardCount").GetInt32());
        foreach (var shard in shards)
        {
            if (stream.Ended.TryGetValue(shard.Id, out var last) || shard.Last is not null)
            {
                Assert.Equal(last ?? shard.Last, shard.Last);
                stream.Ended[shard.Id] = shard.Last!;
            }
        }

        CheckReshard(stream, status!, shards);
    }

    private void CheckReshard(KnownStream stream, string status, IReadOnlyList<ListedShard> shards)
    {
        if (stream.Reshard is not { } asked)
        {
            return;
        }

        // Until the stream is ACTIVE the parents are open; from then on the children are there.
        var parents = shards.Where(shard => asked.Shards.Contains(shard.Id)).ToArray();
        if (status == "UPDATING")
        {
            Assert.All(parents, parent => Assert.True(parent.IsOpen, $"{parent.Id} has ended while the stream is UPDATING"));
            Assert.True(_clock.Now < asked.At + 50 + (asked.Operation == "UpdateShardCount" ? 10_000 : 1000), $"{asked} takes too long");
            return;
        }

        Assert.Equal("ACTIVE", status);
        var children = asked.Shards.Count == 2 ? 1 : 2;
        Assert.All(
            parents,
            parent => Assert.True(
                !parent.IsOpen && ListedShard.ChildrenOf(shards, parent.Id).Count == children,
                $"{asked} is not done, though the stream is ACTIVE"));
        Assert.True(
            asked.Target == 0 || shards.Count(shard => shard.IsOpen) == asked.Target,
            $"{asked} is not done, though the stream is ACTIVE");
        stream.Reshard = null;
    }

    private (List<JsonElement> Records, bool Ended, IReadOnlyList<string> Children) ReadAll(KnownStream stream, string shard)
    {
        var records = new List<JsonElement>();
        var request = $$"""{"StreamName":"{{stream.Name}}","ShardId":"{{shard}}","ShardIteratorType":"TRIM_HORIZON"}""";
        var iterator = _server.Call("GetShardIterator", request).GetProperty("ShardIterator").GetString();
        while (true)
        {
            var answer = _server.Call("GetRecords", $$"""{"ShardIterator":"{{iterator}}","Limit":{{_random.Next(1, 100)}}}""");
            records.AddRange(answer.GetProperty("Records").EnumerateArray());
            if (!answer.TryGetProperty("NextShardIterator", out var next))
            {
                var children = answer.GetProperty("ChildShards").EnumerateArray();
                return (records, true, [.. children.Select(child => child.GetProperty("ShardId").GetString()!)]);
            }

            iterator = next.GetString();
            if (answer.GetProperty("Records").GetArrayLength() == 0)
            {
                return (records, false, []);
            }
        }
    }

    private IReadOnlyList<ListedShard> List(KnownStream stream) =>
        ListedShard.Read(_server.Call("ListShards", $$"""{"StreamName":"{{stream.Name}}"}"""));

    // Null while the stream is CREATING.
    private List<string>? OpenShards(KnownStream stream)
    {
        try
        {
            return [.. ListedShard.Read(_server.Call(
                "ListShards",
                $$$"""{"StreamName":"{{{stream.Name}}}","ShardFilter":{"Type":"AT_LATEST"}}""")).Select(shard => shard.Id)];
        }
        catch (ServiceErrorException refusal) when (refusal.Type == "ResourceInUseException")
        {
            return null;
        }
    }

    private T Pick<T>(IReadOnlyList<T> from) => from[_random.Next(from.Count)];
}
