using System.Net;
using System.Text;
using Kcl.Kinesis.Diagnostics;
using Kcl.LocalKinesis;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Kcl.Integration.Tests.LocalKinesis;

public sealed class LocalServerWireTests
{
    private const string Account = "000000000000";

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task One_port_speaks_both_versions_of_HTTP(string version)
    {
        await using var server = await LocalServer.StartAsync();
        for (var i = 0; i < 3; i++)
        {
            var (status, body, response) = await server.CallAsync("ListStreams", "{}", Version.Parse(version));
            Assert.Equal(HttpStatusCode.OK, status);
            Assert.Equal(Version.Parse(version), response.Version);
            Assert.False(body.GetProperty("HasMoreStreams").GetBoolean());
            Assert.Equal("application/x-amz-json-1.1", response.Content.Headers.ContentType!.ToString());
            Assert.True(Guid.TryParse(Assert.Single(response.Headers.GetValues("x-amzn-RequestId")), out _));
            Assert.NotEmpty(Assert.Single(response.Headers.GetValues("x-amz-id-2")));
        }
    }

    [Fact]
    public async Task A_connection_that_sends_nothing_or_only_a_little_does_not_disturb_others()
    {
        await using var server = await LocalServer.StartAsync();
        using var silent = new System.Net.Sockets.TcpClient();
        await silent.ConnectAsync(IPAddress.Loopback, server.Server.Endpoint.Port, TestContext.Current.CancellationToken);
        using var slow = new System.Net.Sockets.TcpClient();
        await slow.ConnectAsync(IPAddress.Loopback, server.Server.Endpoint.Port, TestContext.Current.CancellationToken);
        await slow.GetStream().WriteAsync("PO"u8.ToArray(), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, (await server.CallAsync("ListStreams", "{}")).Status);
        await slow.GetStream().WriteAsync(
            "ST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray(),
            TestContext.Current.CancellationToken);
        using var reader = new StreamReader(slow.GetStream());
        Assert.Contains(
            "UnknownOperationException",
            await reader.ReadToEndAsync(TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_server_on_the_port_fails_with_a_remedy()
    {
        using var log = new LoggedCategories();
        await using var server = await LocalServer.StartAsync();
        var fault = await Assert.ThrowsAsync<InvalidStateException>(
            () => LocalServer.StartAsync(options => (options.Port, options.LoggerFactory) = (server.Server.Endpoint.Port, log)));
        Assert.Contains($"cannot listen on 127.0.0.1:{server.Server.Endpoint.Port}", fault.Message, StringComparison.Ordinal);
        Assert.Contains("choose another port", fault.Message, StringComparison.Ordinal);
        Assert.Contains("--port 0", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Microsoft.Extensions.Hosting.Internal.Host", log.All);
    }

    [Fact]
    public async Task TLS_serves_both_versions_with_a_certificate_of_its_own()
    {
        await using var server = await LocalServer.StartAsync(options => options.TlsPort = 0);
        using var handler = new HttpClientHandler
        {
            ServerCertificateCustomValidationCallback = (_, certificate, _, _) => certificate!.Subject == "CN=localhost",
        };
        using var http = new HttpClient(handler) { BaseAddress = server.Server.TlsEndpoint };
        foreach (var version in (Version[])[HttpVersion.Version11, HttpVersion.Version20])
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/")
            {
                Version = version,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
                Content = new ByteArrayContent("{}"u8.ToArray()),
            };
            request.Content.Headers.Add("Content-Type", "application/x-amz-json-1.1");
            request.Headers.Add("X-Amz-Target", "Kinesis_20131202.ListStreams");
            using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal((HttpStatusCode.OK, version), (response.StatusCode, response.Version));
        }
    }

    public static TheoryData<string, string, string, string> Refusals() => new()
    {
        { "Nonsense", "{}", "UnknownOperationException", "The operation Kinesis_20131202.Nonsense is unknown to this server." },
        { "ListStreams", "{", "SerializationException", "The request body cannot be read" },
        { "CreateStream", """{"StreamName":7}""", "SerializationException", "NUMBER_VALUE can not be converted to a string" },
        {
            "CreateStream",
            "{}",
            "ValidationException",
            "1 validation error detected: Value null at 'streamName' failed to satisfy constraint: Member must not be null"
        },
        { "CreateStream", """{"StreamName":"a/b","ShardCount":0}""", "ValidationException", "2 validation errors detected" },
        { "CreateStream", """{"StreamName":"x"}""", "InvalidArgumentException", "ShardCount must be specified" },
        {
            "CreateStream",
            """{"StreamName":"words","ShardCount":1}""",
            "ResourceInUseException",
            $"Stream words under account {Account} already exists."
        },
        {
            "CreateStream",
            """{"StreamName":"x","ShardCount":100001}""",
            "LimitExceededException",
            "This request would exceed the shard limit for the account"
        },
        { "DescribeStreamSummary", """{"StreamName":"x"}""", "ResourceNotFoundException", $"Stream x under account {Account} not found." },
        {
            "DescribeStreamSummary",
            """{"StreamARN":"arn:aws:kinesis:us-east-1:000000000000:stream/x"}""",
            "ResourceNotFoundException",
            $"Stream x under account {Account} not found."
        },
        { "DescribeStreamSummary", """{"StreamARN":"arn:aws:sqs:us-east-1:000000000000:x"}""", "ValidationException", "streamARN" },
        { "DescribeStreamSummary", "{}", "InvalidArgumentException", "Either StreamName or StreamARN should be provided." },
        { "ListShards", "{}", "InvalidArgumentException", "Either NextToken or StreamName should be provided." },
        { "ListShards", """{"NextToken":"AAAA"}""", "InvalidArgumentException", "NextToken is invalid." },
        {
            "ListShards",
            """{"StreamName":"words","ShardFilter":{"Type":"AT_TIMESTAMP"}}""",
            "InvalidArgumentException",
            "A Timestamp parameter must be specified"
        },
        {
            "ListShards",
            """{"StreamName":"words","ShardFilter":{"Type":"SOME"}}""",
            "ValidationException",
            "Member must satisfy enum value set"
        },
        {
            "GetShardIterator",
            """{"StreamName":"words","ShardId":"shardId-000000000009","ShardIteratorType":"LATEST"}""",
            "ResourceNotFoundException",
            $"Shard shardId-000000000009 in stream words under account {Account} does not exist"
        },
        {
            "GetShardIterator",
            """{"StreamName":"words","ShardId":"shardId-000000000000","ShardIteratorType":"AT_SEQUENCE_NUMBER"}""",
            "InvalidArgumentException",
            "Must specify the StartingSequenceNumber parameter"
        },
        {
            "GetShardIterator",
            """{"StreamName":"words","ShardId":"shardId-000000000000","ShardIteratorType":"AT_SEQUENCE_NUMBER","""
            + "\"StartingSequenceNumber\":\"17\"}",
            "InvalidArgumentException",
            "is invalid."
        },
        {
            "GetShardIterator",
            """{"StreamName":"words","ShardId":"shardId-000000000000","ShardIteratorType":"AT_TIMESTAMP","Timestamp":99999999999}""",
            "InvalidArgumentException",
            "The timestampInMillis parameter cannot be greater than the currentTimestampInMillis."
        },
        { "GetRecords", """{"ShardIterator":"AAAA"}""", "InvalidArgumentException", "Invalid ShardIterator." },
        {
            "GetRecords",
            """{"ShardIterator":"AAAA","Limit":10001}""",
            "ValidationException",
            "Value '10001' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 10000"
        },
        {
            "PutRecord",
            """{"StreamName":"words","Data":"aGk=","PartitionKey":""}""",
            "ValidationException",
            "Member must have length greater than or equal to 1"
        },
        { "PutRecord", """{"StreamName":"words","Data":"!!","PartitionKey":"k"}""", "SerializationException", "not valid base64" },
        {
            "PutRecord",
            """{"StreamName":"words","Data":"aGk=","PartitionKey":"k","ExplicitHashKey":"340282366920938463463374607431768211456"}""",
            "InvalidArgumentException",
            "ExplicitHashKey must be in the range"
        },
        {
            "PutRecord",
            """{"StreamName":"words","Data":"aGk=","PartitionKey":"k","SequenceNumberForOrdering":"99"}""",
            "InvalidArgumentException",
            "did not come from this stream"
        },
        { "PutRecords", """{"StreamName":"words","Records":[]}""", "ValidationException", "'records'" },
        {
            "PutRecords",
            """{"StreamName":"words","Records":[{"Data":"aGk="}]}""",
            "ValidationException",
            "Value null at 'records.1.member.partitionKey'"
        },
        {
            "SplitShard",
            """{"StreamName":"words","ShardToSplit":"shardId-000000000000","NewStartingHashKey":"1"}""",
            "InvalidArgumentException",
            "is not both greater than one plus the shard's StartingHashKey 0"
        },
        {
            "SplitShard",
            """{"StreamName":"words","ShardToSplit":"shardId-000000000007","NewStartingHashKey":"1"}""",
            "ResourceNotFoundException",
            "Could not find shard shardId-000000000007"
        },
        {
            "MergeShards",
            """{"StreamName":"words","ShardToMerge":"shardId-000000000000","AdjacentShardToMerge":"shardId-000000000002"}""",
            "InvalidArgumentException",
            "are not an adjacent pair of shards eligible for merging"
        },
        {
            "UpdateShardCount",
            """{"StreamName":"words","TargetShardCount":7,"ScalingType":"UNIFORM_SCALING"}""",
            "InvalidArgumentException",
            "cannot scale up over double"
        },
        {
            "UpdateShardCount",
            """{"StreamName":"words","TargetShardCount":1,"ScalingType":"UNIFORM_SCALING"}""",
            "InvalidArgumentException",
            "cannot scale down below half"
        },
        {
            "IncreaseStreamRetentionPeriod",
            """{"StreamName":"words","RetentionPeriodHours":8761}""",
            "InvalidArgumentException",
            "Maximum allowed retention period is 8760 hours"
        },
        {
            "DecreaseStreamRetentionPeriod",
            """{"StreamName":"words","RetentionPeriodHours":23}""",
            "InvalidArgumentException",
            "Minimum allowed retention period is 24 hours"
        },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task Bad_input_is_refused_in_the_services_words(string operation, string body, string type, string message)
    {
        await using var server = await LocalServer.StartAsync(options => options.InitialStreams["words"] = 3);
        var refusal = await server.RefusalAsync(operation, body);
        Assert.Equal(type, refusal.Type);
        Assert.Contains(message, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_record_may_be_as_large_as_the_stream_allows_and_a_request_as_large_as_the_service_allows()
    {
        await using var server = await LocalServer.StartAsync(options => options.InitialStreams["words"] = 1);
        var fits = Convert.ToBase64String(new byte[(1024 * 1024) - 1]);
        Assert.Equal(
            HttpStatusCode.OK,
            (await server.CallAsync("PutRecord", $$"""{"StreamName":"words","Data":"{{fits}}","PartitionKey":"k"}""")).Status);
        Assert.Equal(
            "InvalidArgumentException",
            (await server.RefusalAsync("PutRecord", $$"""{"StreamName":"words","Data":"{{fits}}","PartitionKey":"kk"}""")).Type);
        var eleven = string.Join(',', Enumerable.Repeat($$"""{"Data":"{{fits}}","PartitionKey":"k"}""", 11));
        Assert.Contains(
            "10 MB limit",
            (await server.RefusalAsync("PutRecords", $$"""{"StreamName":"words","Records":[{{eleven}}]}""")).Message,
            StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await server.CallAsync("PutRecord", new string(' ', 21 * 1024 * 1024))).Status);
        Assert.Equal(
            HttpStatusCode.OK,
            (await server.CallAsync(
                "UpdateMaxRecordSize",
                """{"StreamARN":"arn:aws:kinesis:us-east-1:000000000000:stream/words","MaxRecordSizeInKiB":2048}""")).Status);
        Assert.Equal(
            HttpStatusCode.OK,
            (await server.CallAsync("PutRecord", $$"""{"StreamName":"words","Data":"{{fits}}","PartitionKey":"kk"}""")).Status);
    }

    [Fact]
    public async Task Streams_pass_through_the_services_states()
    {
        var time = new FakeTimeProvider();
        await using var server = await LocalServer.StartAsync(options =>
        {
            options.TimeProvider = time;
            options.StateChangeDelay = TimeSpan.FromSeconds(10);
        });
        _ = await server.CallAsync("CreateStream", """{"StreamName":"words","ShardCount":1,"Tags":{"a":"b"}}""");
        Assert.Equal("CREATING", await StatusAsync());
        Assert.Equal(
            "ResourceNotFoundException",
            (await server.RefusalAsync("PutRecord", """{"StreamName":"words","Data":"aGk=","PartitionKey":"k"}""")).Type);
        Assert.Equal("ResourceInUseException", (await server.RefusalAsync("ListShards", """{"StreamName":"words"}""")).Type);
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("ACTIVE", await StatusAsync());
        _ = await server.CallAsync("UpdateShardCount", """{"StreamName":"words","TargetShardCount":2,"ScalingType":"UNIFORM_SCALING"}""");
        Assert.Equal("UPDATING", await StatusAsync());
        Assert.Contains(
            "not ACTIVE, instead in state UPDATING",
            (await server.RefusalAsync("MergeShards", """{"StreamName":"words","ShardToMerge":"a","AdjacentShardToMerge":"b"}""")).Message,
            StringComparison.Ordinal);
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("UPDATING", await StatusAsync());
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("ACTIVE", await StatusAsync());
        _ = await server.CallAsync("DeleteStream", """{"StreamName":"words"}""");
        Assert.Equal("DELETING", await StatusAsync());
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("ResourceNotFoundException", (await server.RefusalAsync("DescribeStreamSummary", """{"StreamName":"words"}""")).Type);

        async Task<string?> StatusAsync() =>
            (await server.CallAsync(
                "DescribeStreamSummary",
                """{"StreamName":"words"}""")).Body.GetProperty("StreamDescriptionSummary").GetProperty("StreamStatus").GetString();
    }

    [Fact]
    public async Task Tags_settings_and_limits_are_stored_and_returned()
    {
        await using var server = await LocalServer.StartAsync(options => options.InitialStreams["words"] = 2);
        _ = await server.CallAsync("AddTagsToStream", """{"StreamName":"words","Tags":{"b":"2","a":"1"}}""");
        _ = await server.CallAsync(
            "TagResource",
            """{"ResourceARN":"arn:aws:kinesis:us-east-1:000000000000:stream/words","Tags":{"c":"3"}}""");
        _ = await server.CallAsync("RemoveTagsFromStream", """{"StreamName":"words","TagKeys":["b","unknown"]}""");
        Assert.Equal(
            """{"Tags":[{"Key":"a","Value":"1"}],"HasMoreTags":true}""",
            (await server.CallAsync("ListTagsForStream", """{"StreamName":"words","Limit":1}""")).Body.GetRawText());
        Assert.Equal(
            """{"Tags":[{"Key":"a","Value":"1"},{"Key":"c","Value":"3"}]}""",
            (await server.CallAsync(
                "ListTagsForResource",
                """{"ResourceARN":"arn:aws:kinesis:us-east-1:000000000000:stream/words"}""")).Body.GetRawText());
        _ = await server.CallAsync("IncreaseStreamRetentionPeriod", """{"StreamName":"words","RetentionPeriodHours":48}""");
        _ = await server.CallAsync("StartStreamEncryption", """{"StreamName":"words","EncryptionType":"KMS","KeyId":"alias/x"}""");
        var summary = (await server.CallAsync(
            "DescribeStreamSummary",
            """{"StreamName":"words"}""")).Body.GetProperty("StreamDescriptionSummary");
        Assert.Equal(48, summary.GetProperty("RetentionPeriodHours").GetInt32());
        Assert.Equal("KMS", summary.GetProperty("EncryptionType").GetString());
        Assert.Equal(
            """{"ShardLimit":10000,"OpenShardCount":2,"OnDemandStreamCount":0,"OnDemandStreamCountLimit":50}""",
            (await server.CallAsync("DescribeLimits", "{}")).Body.GetRawText());
    }

    [Fact]
    public async Task Listings_come_in_pages_whose_tokens_expire()
    {
        var time = new FakeTimeProvider();
        await using var server = await LocalServer.StartAsync(options =>
        {
            options.TimeProvider = time;
            options.InitialStreams["a"] = 5;
            options.InitialStreams["b"] = 1;
            options.InitialStreams["c"] = 1;
        });
        var first = (await server.CallAsync("ListStreams", """{"Limit":2}""")).Body;
        Assert.Equal(["a", "b"], first.GetProperty("StreamNames").EnumerateArray().Select(name => name.GetString()));
        var second = (await server.CallAsync(
            "ListStreams",
            $$"""{"Limit":2,"NextToken":"{{first.GetProperty("NextToken").GetString()}}"}""")).Body;
        Assert.Equal("c", Assert.Single(second.GetProperty("StreamNames").EnumerateArray()).GetString());
        Assert.False(second.TryGetProperty("NextToken", out _));

        var shards = (await server.CallAsync(
            "ListShards",
            """{"StreamName":"a","MaxResults":3,"ShardFilter":{"Type":"AT_LATEST"}}""")).Body;
        Assert.Equal(3, shards.GetProperty("Shards").GetArrayLength());
        var token = shards.GetProperty("NextToken").GetString();
        Assert.Equal(
            "InvalidArgumentException",
            (await server.RefusalAsync("ListShards", $$"""{"StreamName":"a","NextToken":"{{token}}"}""")).Type);
        Assert.Equal(
            2,
            (await server.CallAsync("ListShards", $$"""{"NextToken":"{{token}}"}""")).Body.GetProperty("Shards").GetArrayLength());
        time.Advance(TimeSpan.FromSeconds(301));
        Assert.Equal("ExpiredNextTokenException", (await server.RefusalAsync("ListShards", $$"""{"NextToken":"{{token}}"}""")).Type);
        var described = (await server.CallAsync(
            "DescribeStream",
            """{"StreamName":"a","Limit":2,"ExclusiveStartShardId":"shardId-000000000001"}""")).Body.GetProperty("StreamDescription");
        Assert.Equal(
            ["shardId-000000000002", "shardId-000000000003"],
            described.GetProperty("Shards").EnumerateArray().Select(shard => shard.GetProperty("ShardId").GetString()));
        Assert.True(described.GetProperty("HasMoreShards").GetBoolean());
    }

    [Fact]
    public async Task Stopping_is_quick_even_with_open_connections()
    {
        var server = await LocalServer.StartAsync();
        using var silent = new System.Net.Sockets.TcpClient();
        await silent.ConnectAsync(IPAddress.Loopback, server.Server.Endpoint.Port, TestContext.Current.CancellationToken);
        var start = TimeProvider.System.GetTimestamp();
        await server.DisposeAsync();

        // Connections would be closed after a second. Until then, the server has closed none.
        Assert.InRange(TimeProvider.System.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromMilliseconds(900));
    }

    /// <summary>Keeps the category of each entry, before the call that logs it returns.</summary>
    private sealed class LoggedCategories : INonBlockingLoggerFactory
    {
        private readonly System.Collections.Concurrent.ConcurrentQueue<string> _all = [];

        public IReadOnlyList<string> All => [.. _all];

        public ILogger CreateLogger(string categoryName) => new Logger(categoryName, _all);

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public void Dispose()
        {
        }

        private sealed class Logger(string category, System.Collections.Concurrent.ConcurrentQueue<string> all) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

            public void Log<TState>(
                LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            {
                if (IsEnabled(logLevel))
                {
                    all.Enqueue(category);
                }
            }
        }
    }
}
