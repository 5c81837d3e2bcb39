using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;
using Kcl.Kinesis;
using Kcl.LocalKinesis;
using Microsoft.Extensions.Time.Testing;

namespace Kcl.Integration.Tests.LocalKinesis;

public sealed class LocalServerFanOutTests
{
    private const string Arn = "arn:aws:kinesis:us-east-1:000000000000:stream/words";
    private const string First = "shardId-000000000000";
    private static readonly StreamName Words = new("words");
    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_250));

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Consumers_are_registered_described_listed_and_deregistered()
    {
        await using var server = await StartAsync(options => options.StateChangeDelay = TimeSpan.FromSeconds(1));
        var consumer = (await server.CallAsync("RegisterStreamConsumer", Body("app"))).Body.GetProperty("Consumer");
        Assert.Equal($"{Arn}/consumer/app:1700000000", consumer.GetProperty("ConsumerARN").GetString());
        Assert.Equal("CREATING", consumer.GetProperty("ConsumerStatus").GetString());
        Assert.Equal("ResourceInUseException", (await server.RefusalAsync("RegisterStreamConsumer", Body("app"))).Type);
        Assert.Equal("ResourceInUseException", (await server.RefusalAsync("SubscribeToShard", Subscribe("app"))).Type);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("ACTIVE", await StatusAsync($$"""{"ConsumerARN":"{{Arn}}/consumer/app:1700000000"}"""));
        Assert.Equal("ACTIVE", await StatusAsync(Body("app")));
        Assert.Equal(
            1,
            (await server.CallAsync(
                "DescribeStreamSummary",
                """{"StreamName":"words"}""")).Body.GetProperty("StreamDescriptionSummary").GetProperty("ConsumerCount").GetInt32());
        Assert.Equal("ResourceInUseException", (await server.RefusalAsync("DeleteStream", """{"StreamName":"words"}""")).Type);
        _ = await server.CallAsync("DeregisterStreamConsumer", Body("app"));
        Assert.Equal("DELETING", await StatusAsync(Body("app")));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("ResourceNotFoundException", (await server.RefusalAsync("DescribeStreamConsumer", Body("app"))).Type);
        Assert.Equal("ResourceNotFoundException", (await server.RefusalAsync("SubscribeToShard", Subscribe("app"))).Type);

        async Task<string?> StatusAsync(string body) =>
            (await server.CallAsync(
                "DescribeStreamConsumer",
                body)).Body.GetProperty("ConsumerDescription").GetProperty("ConsumerStatus").GetString();
    }

    [Fact]
    public async Task A_stream_has_at_most_twenty_consumers_of_which_five_are_being_created()
    {
        await using var server = await StartAsync(options => options.StateChangeDelay = TimeSpan.FromSeconds(1));
        for (var i = 0; i < 20; i++)
        {
            if (i % 5 == 0)
            {
                _time.Advance(TimeSpan.FromSeconds(1));
            }

            Assert.Equal(HttpStatusCode.OK, (await server.CallAsync("RegisterStreamConsumer", Body($"app-{i:D2}"))).Status);
            if (i == 4)
            {
                Assert.Equal("LimitExceededException", (await server.RefusalAsync("RegisterStreamConsumer", Body("more"))).Type);
            }
        }

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("LimitExceededException", (await server.RefusalAsync("RegisterStreamConsumer", Body("more"))).Type);
        var page = (await server.CallAsync("ListStreamConsumers", $$"""{"StreamARN":"{{Arn}}","MaxResults":15}""")).Body;
        Assert.Equal(15, page.GetProperty("Consumers").GetArrayLength());
        var rest = (await server.CallAsync(
            "ListStreamConsumers",
            $$"""{"StreamARN":"{{Arn}}","NextToken":"{{page.GetProperty("NextToken").GetString()}}"}""")).Body;
        Assert.Equal("app-15", rest.GetProperty("Consumers")[0].GetProperty("ConsumerName").GetString());
        Assert.Equal(5, rest.GetProperty("Consumers").GetArrayLength());
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task Records_are_pushed_as_they_arrive(string version)
    {
        await using var server = await StartAsync();
        await RegisterAsync(server, "app");
        var put = new List<string> { await PutAsync(server, 0) };
        await using var stream = await OpenAsync(server, "app", """{"Type":"TRIM_HORIZON"}""", Version.Parse(version));
        Assert.Equal("application/vnd.amazon.eventstream", stream.Response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("initial-response", (await stream.NextAsync(Stop))!.Value.Headers[":event-type"]);
        var got = Numbers(await stream.NextEventAsync(Stop));
        for (var i = 1; i < 5; i++)
        {
            put.Add(await PutAsync(server, i));
            var payload = await stream.NextEventAsync(Stop);
            got.AddRange(Numbers(payload));
            Assert.Equal(put[^1], payload.GetProperty("ContinuationSequenceNumber").GetString());
            Assert.Equal(0, payload.GetProperty("MillisBehindLatest").GetInt64());
            Assert.Equal(
                $"payload {i}",
                Encoding.UTF8.GetString(payload.GetProperty("Records")[0].GetProperty("Data").GetBytesFromBase64()));
        }

        Assert.Equal(put, got);
    }

    [Fact]
    public async Task A_subscription_ends_after_its_duration_and_can_be_renewed_immediately()
    {
        await using var server = await StartAsync();
        await RegisterAsync(server, "app");
        var first = await PutAsync(server, 0);
        await using (var stream = await OpenAsync(server, "app", """{"Type":"LATEST"}"""))
        {
            Assert.Equal("initial-response", (await stream.NextAsync(Stop))!.Value.Headers[":event-type"]);
            var empty = (await stream.NextAsync(Stop))!.Value.Payload;
            Assert.Empty(Numbers(empty));
            Assert.True(string.CompareOrdinal(empty.GetProperty("ContinuationSequenceNumber").GetString(), first) >= 0);
            _time.Advance(TimeSpan.FromMinutes(5));
            while (await stream.NextAsync(Stop) is { } message)
            {
                Assert.Equal("event", message.Headers[":message-type"]);
            }
        }

        var second = await PutAsync(server, 1);
        await using var renewed = await OpenAsync(server, "app", $$"""{"Type":"AFTER_SEQUENCE_NUMBER","SequenceNumber":"{{first}}"}""");
        Assert.Equal([second], Numbers(await renewed.NextEventAsync(Stop)));
    }

    [Fact]
    public async Task A_continuation_without_a_record_leads_to_the_next_record()
    {
        await using var server = await StartAsync();
        await RegisterAsync(server, "app");
        _ = await PutAsync(server, 0);
        string continuation;
        await using (var stream = await OpenAsync(server, "app", """{"Type":"LATEST"}"""))
        {
            _ = await stream.NextAsync(Stop);
            continuation = (await stream.NextAsync(Stop))!.Value.Payload.GetProperty("ContinuationSequenceNumber").GetString()!;
        }

        var next = await PutAsync(server, 1);
        _time.Advance(TimeSpan.FromSeconds(5));
        await using var resumed = await OpenAsync(
            server,
            "app",
            $$"""{"Type":"AFTER_SEQUENCE_NUMBER","SequenceNumber":"{{continuation}}"}""");
        Assert.Equal([next], Numbers(await resumed.NextEventAsync(Stop)));
    }

    [Fact]
    public async Task A_second_subscription_is_refused_for_five_seconds_and_then_takes_over()
    {
        await using var server = await StartAsync();
        await RegisterAsync(server, "app");
        await RegisterAsync(server, "other");
        await using var stream = await OpenAsync(server, "app", """{"Type":"LATEST"}""");
        _ = await stream.NextAsync(Stop);
        await using var others = await OpenAsync(server, "other", """{"Type":"LATEST"}""");
        Assert.Equal(HttpStatusCode.OK, others.Response.StatusCode);
        var refusal = await server.RefusalAsync("SubscribeToShard", Subscribe("app"));
        Assert.Equal("ResourceInUseException", refusal.Type);
        _time.Advance(TimeSpan.FromSeconds(5));
        await using var taken = await OpenAsync(server, "app", """{"Type":"TRIM_HORIZON"}""");
        Assert.Equal("initial-response", (await taken.NextAsync(Stop))!.Value.Headers[":event-type"]);
        (IReadOnlyDictionary<string, string> Headers, JsonElement Payload) last = default;
        while (await stream.NextAsync(Stop) is { } message)
        {
            last = message;
        }

        Assert.Equal(("exception", "ResourceInUseException"), (last.Headers![":message-type"], last.Headers[":exception-type"]));
    }

    [Fact]
    public async Task A_takeover_completes_the_message_that_is_being_sent()
    {
        await using var server = await StartAsync();
        await RegisterAsync(server, "app");
        await PutNineMegabytesAsync(server);
        await using var stream = await OpenAsync(server, "app", """{"Type":"TRIM_HORIZON"}""");
        _ = await stream.NextAsync(Stop);

        // The first event is larger than what the connection buffers while the client does not read.
        _time.Advance(TimeSpan.FromSeconds(5));
        await using var taken = await OpenAsync(server, "app", """{"Type":"LATEST"}""");
        _ = await taken.NextAsync(Stop);
        var types = new List<string>();
        while (await stream.NextAsync(Stop) is { } message)
        {
            types.Add(message.Headers[":message-type"]);
        }

        Assert.Equal("exception", types[^1]);
        Assert.Contains("event", types);
    }

    [Fact]
    public async Task A_server_that_stops_waits_only_briefly_for_a_client_that_does_not_read()
    {
        var server = await StartAsync();
        await RegisterAsync(server, "app");
        await PutNineMegabytesAsync(server);
        await using var stream = await OpenAsync(server, "app", """{"Type":"TRIM_HORIZON"}""");
        _ = await stream.NextAsync(Stop);
        var watch = Stopwatch.StartNew();
        await server.DisposeAsync();
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        await Assert.ThrowsAnyAsync<IOException>(async () => await stream.NextAsync(Stop));
    }

    [Fact]
    public async Task A_client_that_disconnected_waits_for_five_seconds_too()
    {
        await using var server = await StartAsync();
        await RegisterAsync(server, "app");
        await using (var stream = await OpenAsync(server, "app", """{"Type":"LATEST"}"""))
        {
            _ = await stream.NextAsync(Stop);
        }

        Assert.Equal("ResourceInUseException", (await server.RefusalAsync("SubscribeToShard", Subscribe("app"))).Type);
        _time.Advance(TimeSpan.FromSeconds(5));
        await using var again = await OpenAsync(server, "app", """{"Type":"LATEST"}""");
        Assert.Equal(HttpStatusCode.OK, again.Response.StatusCode);
    }

    [Fact]
    public async Task The_last_event_of_a_shard_contains_its_children_and_no_continuation()
    {
        await using var server = await StartAsync();
        await RegisterAsync(server, "app");
        await using var stream = await OpenAsync(server, "app", """{"Type":"LATEST"}""");
        _ = await stream.NextAsync(Stop);
        _ = await stream.NextAsync(Stop);
        await server.Client.SplitShardAsync(Words, new(First), 1000, Stop);
        var last = await PutAsync(server, 0);
        Assert.Equal([last], Numbers(await stream.NextEventAsync(Stop)));
        _time.Advance(TimeSpan.FromSeconds(1));
        var end = await stream.NextEventAsync(Stop);
        Assert.Equal(
            ["shardId-000000000001", "shardId-000000000002"],
            end.GetProperty("ChildShards").EnumerateArray().Select(child => child.GetProperty("ShardId").GetString()));
        Assert.False(end.TryGetProperty("ContinuationSequenceNumber", out _));
        Assert.Null(await stream.NextAsync(Stop));
    }

    [Theory]
    [InlineData("DeregisterStreamConsumer", $$"""{"StreamARN":"{{Arn}}","ConsumerName":"app"}""")]
    [InlineData("DeleteStream", """{"StreamName":"words","EnforceConsumerDeletion":true}""")]
    public async Task A_subscription_ends_with_its_consumer_and_its_stream(string operation, string body)
    {
        await using var server = await StartAsync();
        await RegisterAsync(server, "app");
        await using var stream = await OpenAsync(server, "app", """{"Type":"LATEST"}""");
        _ = await stream.NextAsync(Stop);
        _ = await stream.NextAsync(Stop);
        _ = await server.CallAsync(operation, body);
        var (headers, _) = (await stream.NextAsync(Stop))!.Value;
        Assert.Equal(("exception", "ResourceNotFoundException"), (headers[":message-type"], headers[":exception-type"]));
        Assert.Null(await stream.NextAsync(Stop));
    }

    [Fact]
    public async Task A_client_that_reads_nothing_makes_the_server_hold_little()
    {
        await using var server = await StartAsync();
        await RegisterAsync(server, "app");
        for (var i = 0; i < 8; i++)
        {
            await PutNineMegabytesAsync(server);
        }

        var before = GC.GetTotalMemory(forceFullCollection: true);
        await using var stream = await OpenAsync(server, "app", """{"Type":"TRIM_HORIZON"}""", HttpVersion.Version11);
        _ = await stream.NextAsync(Stop);
        await Task.Yield();
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 40_000_000);
        var records = 0;
        while (records < 72)
        {
            records += Numbers(await stream.NextEventAsync(Stop)).Count;
        }
    }

    [Theory]
    [InlineData("""{"Type":"AT_SEQUENCE_NUMBER"}""", "InvalidArgumentException")]
    [InlineData("""{"Type":"AT_TIMESTAMP"}""", "InvalidArgumentException")]
    [InlineData("""{"Type":"NOWHERE"}""", "ValidationException")]
    public async Task An_invalid_position_is_refused_before_the_stream_begins(string position, string type)
    {
        await using var server = await StartAsync();
        await RegisterAsync(server, "app");
        Assert.Equal(type, (await server.RefusalAsync("SubscribeToShard", Subscribe("app", position))).Type);
    }

    private static string Body(string consumer) => $$"""{"StreamARN":"{{Arn}}","ConsumerName":"{{consumer}}"}""";

    private static string Subscribe(string consumer, string position = """{"Type":"LATEST"}""") =>
        $$"""{"ConsumerARN":"{{Arn}}/consumer/{{consumer}}:1700000000","ShardId":"{{First}}","StartingPosition":{{position}}}""";

    private static List<string> Numbers(JsonElement payload) =>
        [.. payload.GetProperty("Records").EnumerateArray().Select(record => record.GetProperty("SequenceNumber").GetString()!)];

    private static async Task RegisterAsync(LocalServer server, string consumer) =>
        Assert.Equal(HttpStatusCode.OK, (await server.CallAsync("RegisterStreamConsumer", Body(consumer))).Status);

    private static Task<EventStream> OpenAsync(LocalServer server, string consumer, string position, Version? version = null) =>
        EventStream.OpenAsync(server.Server.Endpoint, Subscribe(consumer, position), version ?? HttpVersion.Version20, Stop);

    private static async Task<string> PutAsync(LocalServer server, int seed) =>
        (await server.Client.PutRecordAsync(Words, new(Encoding.UTF8.GetBytes($"payload {seed}"), "k"), Stop)).SequenceNumber.ToString();

    private static async Task PutNineMegabytesAsync(LocalServer server) => _ = await server.Client.PutRecordsAsync(
        Words, [.. Enumerable.Range(0, 9).Select(_ => new PutRecordEntry(new byte[1_000_000], "k"))], Stop);

    private Task<LocalServer> StartAsync(Action<LocalKinesisOptions>? configure = null) => LocalServer.StartAsync(options =>
    {
        options.TimeProvider = _time;
        options.InitialStreams["words"] = 1;
        configure?.Invoke(options);
    });
}
