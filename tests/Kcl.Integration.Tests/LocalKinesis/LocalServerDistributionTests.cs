using System.Formats.Cbor;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Kcl.LocalKinesis;
using Microsoft.Extensions.Time.Testing;

namespace Kcl.Integration.Tests.LocalKinesis;

/// <summary>
/// Tests the record distribution strategy with calls in JSON and CBOR, which are parsed by code that the server does not use.
/// </summary>
public sealed class LocalServerDistributionTests
{
    private const string Arn = "arn:aws:kinesis:us-east-1:000000000000:stream/words";

    private const string CreateAuto =
        """{"StreamName":"words","StreamModeDetails":{"StreamMode":"ON_DEMAND"},"RecordDistributionStrategy":"AUTO"}""";

    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeSeconds(1_700_000_000));

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_record_without_a_key_comes_back_without_one_in_every_encoding()
    {
        await using var server = await StartAsync();
        using var kinesis = new RawKinesis(server.Server.Endpoint);
        _ = await kinesis.SucceedAsync("CreateStream", CreateAuto, Stop);
        _ = await kinesis.SucceedAsync("RegisterStreamConsumer", $$"""{"StreamARN":"{{Arn}}","ConsumerName":"app"}""", Stop);
        var expected = new Dictionary<string, string?>();
        for (var i = 0; i < 8; i++)
        {
            var key = i % 3 == 0 ? $"\"PartitionKey\":\"key-{i}\"," : "";
            _ = await kinesis.SucceedAsync("PutRecord", $$"""{"StreamName":"words",{{key}}"Data":"{{Data(i)}}"}""", Stop);
            _ = await kinesis.SucceedAsync(
                "PutRecords",
                $$"""{"StreamName":"words","Records":[{"Data":"{{Data(100 + i)}}"},{{{key}}"Data":"{{Data(200 + i)}}"}]}""",
                Stop);
            expected[Data(i)] = expected[Data(200 + i)] = i % 3 == 0 ? $"key-{i}" : null;
            expected[Data(100 + i)] = null;
        }

        var json = new Dictionary<string, string?>();
        var cbor = new Dictionary<string, string?>();
        var pushed = new Dictionary<string, string?>();
        foreach (var shard in await kinesis.ShardsAsync("words", Stop))
        {
            Collect(json, (await kinesis.ReadAsync("words", shard.Id, Stop)).Records);
            await ReadCborAsync(server, kinesis, shard.Id, cbor);
            await using var events = await EventStream.OpenAsync(server.Server.Endpoint, Subscribe(shard.Id), HttpVersion.Version11, Stop);
            _ = await events.NextAsync(Stop);
            Collect(pushed, (await events.NextEventAsync(Stop)).GetProperty("Records").EnumerateArray());
        }

        Assert.All(
            (IEnumerable<Dictionary<string, string?>>)[json, cbor, pushed],
            read => Assert.Equal(expected.OrderBy(entry => entry.Key), read.OrderBy(entry => entry.Key)));

        static void Collect(Dictionary<string, string?> into, IEnumerable<JsonElement> records)
        {
            foreach (var record in records)
            {
                into.Add(
                    record.GetProperty("Data").GetString()!,
                    KeyOf(record));
            }
        }
    }

    [Fact]
    public async Task A_put_in_CBOR_needs_no_key_either()
    {
        await using var server = await StartAsync();
        using var kinesis = new RawKinesis(server.Server.Endpoint);
        _ = await kinesis.SucceedAsync("CreateStream", CreateAuto, Stop);
        var writer = new CborWriter();
        writer.WriteStartMap(2);
        writer.WriteTextString("StreamName");
        writer.WriteTextString("words");
        writer.WriteTextString("Data");
        writer.WriteByteString([1, 2, 3]);
        writer.WriteEndMap();
        var answer = new CborReader(await CallCborAsync(server, "PutRecord", writer.Encode()));
        answer.ReadStartMap();
        Assert.Equal("ShardId", answer.ReadTextString());
        var record = Assert.Single((await kinesis.ReadAsync("words", answer.ReadTextString(), Stop)).Records);
        Assert.Equal([1, 2, 3], record.GetProperty("Data").GetBytesFromBase64());
        Assert.False(record.TryGetProperty("PartitionKey", out _));
    }

    [Fact]
    public async Task The_strategy_changes_at_any_time_immediately_and_for_later_records_only()
    {
        await using var server = await StartAsync();
        using var kinesis = new RawKinesis(server.Server.Endpoint);
        _ = await kinesis.SucceedAsync("CreateStream", """{"StreamName":"words","StreamModeDetails":{"StreamMode":"ON_DEMAND"}}""", Stop);
        Assert.Equal("USER_PARTITION_KEY", await StrategyAsync(kinesis));
        var byKey = await PutManyAsync(kinesis, 8);
        Assert.Single(byKey.Distinct());

        await SetAsync(kinesis, "AUTO");
        Assert.Equal("AUTO", await StrategyAsync(kinesis));

        // Neither the key nor an explicit hash key has an effect.
        Assert.Equal(
            [3, 3, 3, 3],
            (await PutManyAsync(kinesis, 12, explicitHashKey: true)).CountBy(shard => shard).Select(shard => shard.Value));

        // Records are put while shards change, and into the shards that are open afterwards.
        _ = await kinesis.SucceedAsync(
            "SplitShard",
            """{"StreamName":"words","ShardToSplit":"shardId-000000000000","NewStartingHashKey":"1000"}""",
            Stop);
        await SetAsync(kinesis, "USER_PARTITION_KEY");
        Assert.Equal("ValidationException", (await kinesis.CallAsync("PutRecord", """{"StreamName":"words","Data":""}""", Stop)).Error);
        await SetAsync(kinesis, "AUTO");
        _time.Advance(TimeSpan.FromSeconds(1));
        var open = (await kinesis.ShardsAsync("words", Stop)).Where(shard => shard.IsOpen).Select(shard => shard.Id).ToArray();
        Assert.Equal(5, open.Length);
        Assert.Equal(open, (await PutManyAsync(kinesis, 10)).Distinct().Order());

        await SetAsync(kinesis, "USER_PARTITION_KEY");
        Assert.Equal(byKey[0], Assert.Single((await PutManyAsync(kinesis, 8)).Distinct()));
        var counts = new List<int>();
        foreach (var shard in await kinesis.ShardsAsync("words", Stop))
        {
            counts.Add((await kinesis.ReadAsync("words", shard.Id, Stop)).Records.Count);
        }

        Assert.Equal(8 + 12 + 10 + 8, counts.Sum());
    }

    [Fact]
    public async Task The_strategy_and_records_without_keys_survive_a_restart()
    {
        using var folder = new TemporaryFolder();
        for (var life = 0; life < 3; life++)
        {
            await using var server = await StartAsync(options => options.DataDirectory = folder.Path);
            using var kinesis = new RawKinesis(server.Server.Endpoint);
            if (life == 0)
            {
                _ = await kinesis.SucceedAsync("CreateStream", CreateAuto, Stop);
            }

            Assert.Equal("AUTO", await StrategyAsync(kinesis));
            _ = await kinesis.SucceedAsync(
                "PutRecords",
                """{"StreamName":"words","Records":[{"Data":""},{"Data":"","PartitionKey":"k"},{"Data":"aGk="}]}""",
                Stop);
            var keys = new List<string?>();
            foreach (var shard in await kinesis.ShardsAsync("words", Stop))
            {
                keys.AddRange((await kinesis.ReadAsync("words", shard.Id, Stop)).Records.Select(KeyOf));
            }

            Assert.Equal(
                [.. Enumerable.Repeat<string?>(null, 2 * (life + 1)), .. Enumerable.Repeat("k", life + 1)],
                keys.Order(StringComparer.Ordinal));
        }
    }

    public static TheoryData<string, string, string, string> Refusals() => new()
    {
        {
            "CreateStream",
            """{"StreamName":"x","ShardCount":1,"RecordDistributionStrategy":"AUTO"}""",
            "InvalidArgumentException",
            "RecordDistributionStrategy=AUTO is only supported for on-demand streams. Stream x is using PROVISIONED mode."
        },
        {
            "CreateStream",
            """{"StreamName":"x","StreamModeDetails":{"StreamMode":"ON_DEMAND"},"RecordDistributionStrategy":"SOME"}""",
            "ValidationException",
            "Member must satisfy enum value set: [AUTO, USER_PARTITION_KEY]"
        },
        {
            "UpdateStreamRecordDistributionStrategy",
            $$"""{"StreamARN":"{{Arn}}","RecordDistributionStrategy":"SOME"}""",
            "ValidationException",
            "Member must satisfy enum value set: [AUTO, USER_PARTITION_KEY]"
        },
        {
            "UpdateStreamRecordDistributionStrategy",
            $$"""{"StreamARN":"{{Arn}}"}""",
            "ValidationException",
            "Value null at 'recordDistributionStrategy'"
        },
        {
            "UpdateStreamRecordDistributionStrategy",
            """{"StreamName":"words","RecordDistributionStrategy":"AUTO"}""",
            "ValidationException",
            "Value null at 'streamARN'"
        },
        {
            "UpdateStreamRecordDistributionStrategy",
            $$"""{"StreamARN":"{{Arn}}s","RecordDistributionStrategy":"AUTO"}""",
            "ResourceNotFoundException",
            "Stream wordss"
        },
        {
            "UpdateStreamRecordDistributionStrategy",
            """{"StreamARN":"arn:aws:kinesis:us-east-1:000000000000:stream/provisioned","RecordDistributionStrategy":"AUTO"}""",
            "InvalidArgumentException",
            "Stream provisioned is using PROVISIONED mode."
        },
        {
            "UpdateStreamMode",
            $$$"""{"StreamARN":"{{{Arn}}}","StreamModeDetails":{"StreamMode":"PROVISIONED"}}""",
            "InvalidArgumentException",
            "RecordDistributionStrategy=AUTO is only supported for on-demand streams."
        },
        {
            "PutRecord",
            """{"StreamName":"words","Data":"","SequenceNumberForOrdering":"1"}""",
            "InvalidArgumentException",
            "SequenceNumberForOrdering must not be specified"
        },
        {
            "PutRecord",
            """{"StreamName":"words","Data":"","PartitionKey":""}""",
            "ValidationException",
            "Member must have length greater than or equal to 1"
        },
        {
            "PutRecord",
            """{"StreamName":"provisioned","Data":""}""",
            "ValidationException",
            "Value null at 'partitionKey' failed to satisfy constraint: Member must not be null"
        },
        {
            "PutRecord",
            """{"StreamName":"provisioned","Data":"","ExplicitHashKey":"1"}""",
            "ValidationException",
            "Value null at 'partitionKey'"
        },
        {
            "PutRecords",
            """{"StreamName":"provisioned","Records":[{"Data":"","PartitionKey":"k"},{"Data":""}]}""",
            "ValidationException",
            "1 validation error detected: Value null at 'records.2.member.partitionKey'"
        },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task What_the_strategy_forbids_is_refused_in_the_services_words(string operation, string body, string type, string message)
    {
        await using var server = await StartAsync(options => options.InitialStreams["provisioned"] = 1);
        using var kinesis = new RawKinesis(server.Server.Endpoint);
        _ = await kinesis.SucceedAsync("CreateStream", CreateAuto, Stop);
        var refusal = await server.RefusalAsync(operation, body);
        Assert.Equal(type, refusal.Type);
        Assert.Contains(message, refusal.Message, StringComparison.Ordinal);
        Assert.Null(await StrategyAsync(kinesis, "provisioned"));
    }

    private static string Subscribe(string shard) =>
        $$$"""{"ConsumerARN":"{{{Arn}}}/consumer/app:1700000000","ShardId":"{{{shard}}}","StartingPosition":{"Type":"TRIM_HORIZON"}}""";

    private static string? KeyOf(JsonElement record) => record.TryGetProperty("PartitionKey", out var key) ? key.GetString() : null;

    private static string Data(int number) => Convert.ToBase64String([(byte)number, (byte)(number >> 8)]);

    private static async Task<string?> StrategyAsync(RawKinesis kinesis, string stream = "words")
    {
        var summary = await kinesis.SucceedAsync("DescribeStreamSummary", $$"""{"StreamName":"{{stream}}"}""", Stop);
        return summary.GetProperty("StreamDescriptionSummary").TryGetProperty("RecordDistributionStrategy", out var strategy)
            ? strategy.GetString()
            : null;
    }

    private static Task<JsonElement> SetAsync(RawKinesis kinesis, string strategy) =>
        kinesis.SucceedAsync(
            "UpdateStreamRecordDistributionStrategy",
            $$"""{"StreamARN":"{{Arn}}","RecordDistributionStrategy":"{{strategy}}"}""",
            Stop);

    // Puts records with one key, some of them with an explicit hash key, and returns the shards that received them.
    private static async Task<IReadOnlyList<string>> PutManyAsync(RawKinesis kinesis, int count, bool explicitHashKey = false)
    {
        const string explicitKey = """
            ,"ExplicitHashKey":"308040869543384263371614637127021225980"
            """;
        var entries = Enumerable.Range(0, count)
            .Select(i => $$"""{"Data":"","PartitionKey":"one-key"{{(explicitHashKey && i % 2 == 1 ? explicitKey : "")}}}""");
        var answer = await kinesis.SucceedAsync(
            "PutRecords",
            $$"""{"StreamName":"words","Records":[{{string.Join(',', entries)}}]}""",
            Stop);
        return [.. answer.GetProperty("Records").EnumerateArray().Select(record => record.GetProperty("ShardId").GetString()!)];
    }

    private static async Task ReadCborAsync(LocalServer server, RawKinesis kinesis, string shard, Dictionary<string, string?> into)
    {
        var request = $$"""{"StreamName":"words","ShardId":"{{shard}}","ShardIteratorType":"TRIM_HORIZON"}""";
        var writer = new CborWriter();
        writer.WriteStartMap(1);
        writer.WriteTextString("ShardIterator");
        writer.WriteTextString((await kinesis.SucceedAsync("GetShardIterator", request, Stop)).GetProperty("ShardIterator").GetString()!);
        writer.WriteEndMap();
        var reader = new CborReader(await CallCborAsync(server, "GetRecords", writer.Encode()));
        reader.ReadStartMap();
        Assert.Equal("Records", reader.ReadTextString());
        for (var left = reader.ReadStartArray()!.Value; left > 0; left--)
        {
            string? key = null;
            byte[] data = [];
            reader.ReadStartMap();
            while (reader.PeekState() != CborReaderState.EndMap)
            {
                switch (reader.ReadTextString())
                {
                    case "PartitionKey":
                        key = reader.ReadTextString();
                        break;
                    case "Data":
                        data = reader.ReadByteString();
                        break;
                    default:
                        reader.SkipValue();
                        break;
                }
            }

            reader.ReadEndMap();
            into.Add(Convert.ToBase64String(data), key);
        }
    }

    private static async Task<byte[]> CallCborAsync(LocalServer server, string operation, byte[] body)
    {
        using var http = new HttpClient { BaseAddress = server.Server.Endpoint };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/") { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-amz-cbor-1.1");
        request.Headers.Add("X-Amz-Target", $"Kinesis_20131202.{operation}");
        using var response = await http.SendAsync(request, Stop);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsByteArrayAsync(Stop);
    }

    private Task<LocalServer> StartAsync(Action<LocalKinesisOptions>? configure = null) => LocalServer.StartAsync(options =>
    {
        options.TimeProvider = _time;
        configure?.Invoke(options);
    });
}
