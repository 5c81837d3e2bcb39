using System.Net;
using System.Text;
using System.Text.Json;
using CsCheck;
using Google.Protobuf;
using Kcl.Kinesis;
using Kcl.Unit.Tests.Kinesis.Transport;
using Microsoft.Extensions.Time.Testing;

namespace Kcl.Unit.Tests.Kinesis.Aggregation;

public class RecordAggregatorTests
{
    private static readonly Gen<PutRecordEntry> AnyEntry = Gen.Select(
        Gen.Byte.Array[0, 300],
        Gen.OneOf(Gen.Int[0, 300].Select(index => $"key-{index}"), Gen.Const("ключ")),
        Gen.OneOf(Gen.Const((UInt128?)null), Gen.ULong.Select(value => (UInt128?)value), Gen.Const((UInt128?)UInt128.MaxValue)))
        .Select((data, key, hash) => new PutRecordEntry(data, key) { ExplicitHashKey = hash });

    [Fact]
    public void The_golden_aggregate_is_written()
    {
        var aggregator = new RecordAggregator();
        aggregator.TryAdd(new("hello"u8.ToArray(), "pk1"));
        aggregator.TryAdd(new("world"u8.ToArray(), "pk2"));
        var built = aggregator.Build();
        Assert.Equal(
            "f3899ac20a03706b310a03706b321a0908001a0568656c6c6f1a0908011a05776f726c6487c22af1ed18e292eb55b018413a3cff",
            Convert.ToHexStringLower(built.Data.Span));
        Assert.Equal(("a", (UInt128?)PartitionKeyHash.Compute("pk1")), (built.PartitionKey, built.ExplicitHashKey));
        Assert.Equal(0, aggregator.Count);
    }

    [Fact]
    public void The_golden_aggregate_with_an_explicit_hash_key_is_read()
    {
        var record = new KinesisRecord(
            Convert.FromHexString("f3899ac20a03706b311201301a0b080010001a0568656c6c6f35d184dd9bbe018bdf040c043e06b8a0"),
            "a",
            SequenceNumber.Parse("1"));
        var user = new Deaggregator(new(0, 0)).Expand([record], out _).Single();
        Assert.Equal(("pk1", "hello"), (user.PartitionKey, Encoding.UTF8.GetString(user.Data.Span)));
    }

    [Fact]
    public void A_single_record_is_put_as_it_is()
    {
        var aggregator = new RecordAggregator(maxBytes: 10);
        var record = new PutRecordEntry(new byte[1000], "k");
        Assert.True(aggregator.TryAdd(record));
        Assert.False(aggregator.TryAdd(record));
        Assert.Same(record, aggregator.Build());
        Assert.Throws<InvalidOperationException>(aggregator.Build);
    }

    [Fact]
    public void Aggregated_records_can_be_expanded_and_stay_within_the_limits() =>
        Gen.Select(AnyEntry.List[1, 400], Gen.Int[1, 20_000], Gen.Int[1, 300]).Sample(
            (entries, maxBytes, maxCount) =>
            {
                var aggregator = new RecordAggregator(maxBytes, maxCount);
                var puts = new List<PutRecordEntry>();
                foreach (var entry in entries)
                {
                    if (!aggregator.TryAdd(entry))
                    {
                        puts.Add(Build());
                        Assert.True(aggregator.TryAdd(entry));
                    }
                }

                puts.Add(Build());
                var records = puts.Select(put => new KinesisRecord(put.Data, put.PartitionKey, SequenceNumber.Parse("1"))).ToList();
                var expanded = new Deaggregator(HashKeyRange.Whole).Expand(records, out var counts);
                Assert.Equal(0, counts.Malformed + counts.Misplaced);
                Assert.Equal(
                    entries.Select(entry => ((string?)entry.PartitionKey, Convert.ToHexString(entry.Data.Span))),
                    expanded.Select(record => (record.PartitionKey, Convert.ToHexString(record.Data.Span))));

                PutRecordEntry Build()
                {
                    var (count, size) = (aggregator.Count, aggregator.Size);
                    var built = aggregator.Build();
                    Assert.True(count <= maxCount);
                    if (count > 1)
                    {
                        Assert.Equal(size, built.Data.Length);
                        Assert.True(size + built.PartitionKey!.Length <= maxBytes);
                    }

                    return built;
                }
            },
            iter: 200);

    [Fact]
    public void Another_protobuf_library_reads_what_is_written()
    {
        var aggregator = new RecordAggregator();
        for (var i = 0; i < 200; i++)
        {
            Assert.True(aggregator.TryAdd(new(
                new byte[i],
                $"key-{i % 150}") { ExplicitHashKey = i % 3 == 0 ? UInt128.MaxValue - (UInt128)i : null }));
        }

        var data = aggregator.Build().Data;
        var input = new CodedInputStream(data[4..^16].ToArray());
        var (keys, explicitKeys, records) = (0, 0, 0);
        while (input.ReadTag() is not 0 and var tag)
        {
            var field = input.ReadBytes();
            (keys, explicitKeys, records) = tag switch
            {
                0x0A => (keys + 1, explicitKeys, records),
                0x12 => (keys, explicitKeys + 1, records),
                _ => (keys, explicitKeys, records + 1),
            };
            if (tag == 0x1A)
            {
                var inner = field.CreateCodedInput();
                Assert.Equal(0x08u, inner.ReadTag());
                Assert.Equal((ulong)((records - 1) % 150), inner.ReadUInt64());
            }
        }

        Assert.Equal((150, 67, 200), (keys, explicitKeys, records));
    }

    [Fact]
    public void A_record_without_a_partition_key_cannot_be_aggregated()
    {
        var aggregator = new RecordAggregator();
        var refusal = Assert.Throws<ArgumentException>(() => aggregator.TryAdd(new("x"u8.ToArray()) { ExplicitHashKey = 5 }));
        Assert.Contains("partition key", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(0, aggregator.Count);
    }

    [Fact]
    public async Task Records_without_a_partition_key_are_put_beside_the_aggregates()
    {
        var service = new FakeService(
            Summary("USER_PARTITION_KEY"),
            FakeService.Json(OneShard),
            FakeService.Json("""{"Records":[{"ShardId":"s-0","SequenceNumber":"1"},{"ShardId":"s-0","SequenceNumber":"2"}]}"""));

        var results = await PutAsync(Client(service), [new("1"u8.ToArray(), "k"), new("2"u8.ToArray()), new("3"u8.ToArray(), "k")]);

        Assert.Equal(["2", "1", "2"], results.Select(result => result.SequenceNumber!.Value.ToString()));
        Assert.Equal("""{"Data":"Mg=="}""", JsonDocument.Parse(Body(service, 2)).RootElement.GetProperty("Records")[0].GetRawText());
    }

    [Fact]
    public async Task A_stream_that_distributes_records_by_itself_gets_them_one_by_one_and_is_asked_once_a_minute()
    {
        const string two = """{"Records":[{"ShardId":"s-1","SequenceNumber":"1"},{"ShardId":"s-0","SequenceNumber":"2"}]}""";
        var put = FakeService.Json(two);
        var service = new FakeService(Summary("AUTO"), put, put, Summary("AUTO"), put);
        await using var client = Client(service);
        var time = new FakeTimeProvider();

        for (var times = 0; times < 3; times++)
        {
            var results = await PutAsync(client, [new("1"u8.ToArray(), "k"), new("2"u8.ToArray(), "k")], time);
            Assert.Equal(["1", "2"], results.Select(result => result.SequenceNumber!.Value.ToString()));
            time.Advance(TimeSpan.FromSeconds(times * 61));
        }

        Assert.Equal(["DescribeStreamSummary", "PutRecords", "PutRecords", "DescribeStreamSummary", "PutRecords"], Operations(service));
        Assert.Equal(
            """{"Records":[{"Data":"MQ==","PartitionKey":"k"},{"Data":"Mg==","PartitionKey":"k"}],"StreamName":"words"}""",
            Body(service, 1));
    }

    [Fact]
    public async Task An_aggregate_stored_elsewhere_while_its_shard_is_open_shows_that_the_stream_distributes_records_by_itself()
    {
        const string halves = """
            {"Shards":[{"ShardId":"s-0","HashKeyRange":{"StartingHashKey":"0","EndingHashKey":"170141183460469231731687303715884105727"},"SequenceNumberRange":{"StartingSequenceNumber":"0"}},
            {"ShardId":"s-1","HashKeyRange":{"StartingHashKey":"170141183460469231731687303715884105728","EndingHashKey":"340282366920938463463374607431768211455"},"SequenceNumberRange":{"StartingSequenceNumber":"0"}}]}
            """;
        const string two = """{"Records":[{"ShardId":"s-1","SequenceNumber":"5"},{"ShardId":"s-0","SequenceNumber":"6"}]}""";
        var service = new FakeService(
            Summary("USER_PARTITION_KEY"),
            FakeService.Json(halves),
            FakeService.Json("""{"Records":[{"ShardId":"s-1","SequenceNumber":"1"}]}"""),
            FakeService.Json(halves),
            FakeService.Json(two),
            FakeService.Json(two));
        await using var client = Client(service);

        // pk2 hashes into the lower half.
        PutRecordEntry[] records = [new("1"u8.ToArray(), "pk2"), new("2"u8.ToArray(), "pk2")];
        Assert.Equal(["5", "6"], (await PutAsync(client, records)).Select(result => result.SequenceNumber!.Value.ToString()));
        Assert.Equal(["5", "6"], (await PutAsync(client, records)).Select(result => result.SequenceNumber!.Value.ToString()));

        Assert.Equal(["DescribeStreamSummary", "ListShards", "PutRecords", "ListShards", "PutRecords", "PutRecords"], Operations(service));
    }

    [Fact]
    public async Task Without_permission_to_describe_the_stream_aggregates_are_put()
    {
        var service = new FakeService(
            FakeService.Json("""{"__type":"AccessDeniedException","message":"no"}""", HttpStatusCode.BadRequest),
            FakeService.Json(OneShard),
            FakeService.Json("""{"Records":[{"ShardId":"s-0","SequenceNumber":"1"}]}"""));

        var results = await PutAsync(Client(service), [new("1"u8.ToArray(), "k"), new("2"u8.ToArray(), "k")]);

        Assert.Equal(["1", "1"], results.Select(result => result.SequenceNumber!.Value.ToString()));
    }

    [Fact]
    public async Task Aggregates_are_built_per_shard_and_those_a_consumer_would_leave_out_are_built_again()
    {
        // pk1 hashes into the upper half, pk2 and a into the lower half; the only shard is split during the call.
        var service = new FakeService(
            Summary("USER_PARTITION_KEY"),
            FakeService.Json(
                """{"Shards":[{"ShardId":"s-0","HashKeyRange":{"StartingHashKey":"0","EndingHashKey":"340282366920938463463374607431768211455"},"SequenceNumberRange":{"StartingSequenceNumber":"0"}}]}"""),
            FakeService.Json("""{"Records":[{"ShardId":"s-2","SequenceNumber":"1"}]}"""),
            FakeService.Json("""
                {"Shards":[{"ShardId":"s-0","HashKeyRange":{"StartingHashKey":"0","EndingHashKey":"340282366920938463463374607431768211455"},"SequenceNumberRange":{"StartingSequenceNumber":"0","EndingSequenceNumber":"9"}},
                {"ShardId":"s-1","ParentShardId":"s-0","HashKeyRange":{"StartingHashKey":"0","EndingHashKey":"170141183460469231731687303715884105727"},"SequenceNumberRange":{"StartingSequenceNumber":"10"}},
                {"ShardId":"s-2","ParentShardId":"s-0","HashKeyRange":{"StartingHashKey":"170141183460469231731687303715884105728","EndingHashKey":"340282366920938463463374607431768211455"},"SequenceNumberRange":{"StartingSequenceNumber":"10"}}]}
                """),
            FakeService.Json("""{"Records":[{"ShardId":"s-2","SequenceNumber":"11"},{"ShardId":"s-1","SequenceNumber":"12"}]}"""));
        var results = await service.Client().PutAllAggregatedAsync(
            new StreamName("words"),
            [new("1"u8.ToArray(), "pk1"), new("2"u8.ToArray(), "pk2"), new("3"u8.ToArray(), "a")],
            new() { Put = { TimeProvider = new FakeTimeProvider(), Random = new Random(1) } },
            TestContext.Current.CancellationToken);
        Assert.Equal(
            [("s-2", "11"), ("s-1", "12"), ("s-1", "12")],
            results.Select(result => (result.ShardId!.Value.Value, result.SequenceNumber!.Value.ToString())));
        Assert.Equal(5, service.Asked.Count);
    }

    private static string OneShard =>
        """{"Shards":[{"ShardId":"s-0","HashKeyRange":{"StartingHashKey":"0","EndingHashKey":"340282366920938463463374607431768211455"},"SequenceNumberRange":{"StartingSequenceNumber":"0"}}]}""";

    private static FakeService.Answer Summary(string strategy) => FakeService.Json(
        $$$"""{"StreamDescriptionSummary":{"StreamName":"words","StreamStatus":"ACTIVE","RecordDistributionStrategy":"{{{strategy}}}"}}""");

    private static Task<IReadOnlyList<PutRecordsResultEntry>> PutAsync(
        KinesisClient client, IReadOnlyList<PutRecordEntry> records, FakeTimeProvider? time = null) =>
        client.PutAllAggregatedAsync(
            new StreamName("words"),
            records,
            new() { Put = { TimeProvider = time ?? new FakeTimeProvider(), Random = new Random(1) } },
            TestContext.Current.CancellationToken);

    private static KinesisClient Client(FakeService service) => service.Client(options => options.Encoding = KinesisEncoding.Json);

    private static string Body(FakeService service, int index) => Encoding.UTF8.GetString(service.Asked[index].Body);

    private static IEnumerable<string> Operations(FakeService service) =>
        service.Asked.Select(asked => asked.Request.Headers.GetValues("X-Amz-Target").Single().Split('.')[1]);
}
