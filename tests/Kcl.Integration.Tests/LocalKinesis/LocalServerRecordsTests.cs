using System.Text;
using Kcl.Kinesis;
using Kcl.LocalKinesis;
using Microsoft.Extensions.Time.Testing;

namespace Kcl.Integration.Tests.LocalKinesis;

public sealed class LocalServerRecordsTests
{
    private static readonly StreamName Words = new("words");
    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_250));

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(KinesisEncoding.Cbor)]
    [InlineData(KinesisEncoding.Json)]
    public async Task Records_come_back_as_they_were_put(KinesisEncoding encoding)
    {
        await using var server = await StartAsync(2);
        using var client = server.ClientOf(encoding);
        var all = Enumerable.Range(0, 300).Select(i => new PutRecordEntry(Payload(i), $"kéy-{i}")).ToArray();
        var put = await client.PutRecordsAsync(Words, all, Stop);
        Assert.All(put, entry => Assert.True(entry.Succeeded));
        var read = new List<KinesisRecord>();
        foreach (var shard in await client.ListAllShardsAsync(Words, null, Stop))
        {
            read.AddRange(await ReadAllAsync(client, shard.ShardId));
        }

        var byNumber = read.ToDictionary(record => record.SequenceNumber);
        Assert.Equal(all.Length, byNumber.Count);
        foreach (var (entry, result) in all.Zip(put))
        {
            var record = byNumber[result.SequenceNumber!.Value];
            Assert.Equal(entry.PartitionKey, record.PartitionKey);
            Assert.Equal(entry.Data.ToArray(), record.Data.ToArray());
            Assert.Equal(_time.GetUtcNow(), record.ApproximateArrivalTimestamp);
        }
    }

    [Fact]
    public async Task Each_way_to_begin_begins_where_the_service_says()
    {
        await using var server = await StartAsync(1);
        var shard = new ShardId("shardId-000000000000");
        var numbers = new List<SequenceNumber>();
        for (var i = 0; i < 5; i++)
        {
            numbers.Add((await server.Client.PutRecordAsync(Words, new(Payload(i), "k"), Stop)).SequenceNumber);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(numbers.Order(), numbers);
        Assert.Equal(5, await CountAsync(StartingPosition.TrimHorizon));
        Assert.Equal(0, await CountAsync(StartingPosition.Latest));
        Assert.Equal(3, await CountAsync(StartingPosition.At(numbers[2])));
        Assert.Equal(2, await CountAsync(StartingPosition.After(numbers[2])));
        Assert.Equal(2, await CountAsync(StartingPosition.AtTimestamp(DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_002_251))));
        Assert.Equal(3, await CountAsync(StartingPosition.AtTimestamp(DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_002_250))));
        Assert.Equal(5, await CountAsync(StartingPosition.AtTimestamp(DateTimeOffset.FromUnixTimeMilliseconds(0))));

        async Task<int> CountAsync(StartingPosition position)
        {
            var iterator = await server.Client.GetShardIteratorAsync(Words, shard, position, Stop);
            using var result = await server.Client.GetRecordsAsync(new(Words, iterator) { Limit = 10 }, Stop);
            return result.Records.Count;
        }
    }

    [Fact]
    public async Task A_response_contains_how_far_behind_the_reader_is()
    {
        await using var server = await StartAsync(1);
        _ = await server.Client.PutRecordAsync(Words, new(Payload(1), "k"), Stop);
        _time.Advance(TimeSpan.FromSeconds(2));
        _ = await server.Client.PutRecordAsync(Words, new(Payload(2), "k"), Stop);
        _time.Advance(TimeSpan.FromSeconds(3));
        var iterator = await server.Client.GetShardIteratorAsync(Words, new("shardId-000000000000"), StartingPosition.TrimHorizon, Stop);
        using var first = await server.Client.GetRecordsAsync(new(Words, iterator) { Limit = 1 }, Stop);
        Assert.Equal(3000, first.MillisBehindLatest);
        using var second = await server.Client.GetRecordsAsync(new(Words, first.NextShardIterator!) { Limit = 1 }, Stop);
        Assert.Equal(0, second.MillisBehindLatest);
    }

    [Fact]
    public async Task A_reshard_happens_at_the_next_whole_second_for_listings_puts_and_reads()
    {
        await using var server = await StartAsync(1);
        var parent = new ShardId("shardId-000000000000");
        _ = await server.Client.PutRecordAsync(Words, new(Payload(1), "k"), Stop);
        await server.Client.SplitShardAsync(Words, parent, UInt128.One << 127, Stop);
        _time.Advance(TimeSpan.FromMilliseconds(749));
        Assert.Equal((StreamStatus.Updating, 1), await StatusAsync());
        Assert.True(Assert.Single(await server.Client.ListAllShardsAsync(Words, null, Stop)).IsOpen);
        Assert.Equal(parent, (await server.Client.PutRecordAsync(Words, new(Payload(2), "k"), Stop)).ShardId);
        var iterator = await server.Client.GetShardIteratorAsync(Words, parent, StartingPosition.TrimHorizon, Stop);
        using var open = await server.Client.GetRecordsAsync(new(Words, iterator) { Limit = 10 }, Stop);
        Assert.NotNull(open.NextShardIterator);

        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal((StreamStatus.Active, 2), await StatusAsync());
        var listed = await server.Client.ListAllShardsAsync(Words, null, Stop);
        Assert.Equal([false, true, true], listed.Select(shard => shard.IsOpen));
        var child = await server.Client.PutRecordAsync(Words, new(Payload(3), "k"), Stop);
        Assert.NotEqual(parent, child.ShardId);
        Assert.True(child.SequenceNumber > listed[0].EndingSequenceNumber!.Value);
        using var half = await server.Client.GetRecordsAsync(new(Words, iterator) { Limit = 1 }, Stop);
        Assert.NotNull(half.NextShardIterator);
        Assert.Empty(half.ChildShards);
        using var end = await server.Client.GetRecordsAsync(new(Words, half.NextShardIterator) { Limit = 10 }, Stop);
        Assert.Single(end.Records);
        Assert.Null(end.NextShardIterator);
        Assert.Equal(["shardId-000000000001", "shardId-000000000002"], end.ChildShards.Select(shard => shard.ShardId.Value));
        Assert.All(end.ChildShards, shard => Assert.Equal([parent], shard.ParentShards));

        await server.Client.MergeShardsAsync(Words, new("shardId-000000000001"), new("shardId-000000000002"), Stop);
        Assert.Equal((StreamStatus.Updating, 2), await StatusAsync());
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((StreamStatus.Active, 1), await StatusAsync());
        var merged = (await server.Client.ListAllShardsAsync(Words, new(ShardFilterType.AtLatest), Stop)).Single();
        Assert.Equal(HashKeyRange.Whole, merged.HashKeyRange);
        Assert.Equal(["shardId-000000000001", "shardId-000000000002"], merged.Parents.Select(shard => shard.Value));

        async Task<(StreamStatus Status, int OpenShards)> StatusAsync()
        {
            var summary = await server.Client.DescribeStreamSummaryAsync(Words, Stop);
            return (summary.Status, summary.OpenShardCount);
        }
    }

    [Theory]
    [InlineData(2, 4)]
    [InlineData(4, 2)]
    [InlineData(3, 5)]
    [InlineData(5, 3)]
    public async Task Scaling_keeps_every_record_readable_through_the_generations(int from, int to)
    {
        await using var server = await StartAsync(from);
        await server.Client.UpdateShardCountAsync(Words, to, Stop);
        var put = new List<SequenceNumber>();
        for (var i = 0; i < 60; i++)
        {
            put.Add((await server.Client.PutRecordAsync(Words, new(Payload(i), $"k-{i}"), Stop)).SequenceNumber);
            _time.Advance(TimeSpan.FromMilliseconds(100));
        }

        var summary = await server.Client.DescribeStreamSummaryAsync(Words, Stop);
        Assert.Equal((to, StreamStatus.Active), (summary.OpenShardCount, summary.Status));
        Assert.Equal(
            Kcl.Kinesis.HashKeyRange.Whole.End,
            (await server.Client.ListAllShardsAsync(Words, new(ShardFilterType.AtLatest), Stop)).Max(shard => shard.HashKeyRange.End));

        // From the first shards to the last, through the child shards that the last responses name.
        var (seen, open, read) = (new HashSet<ShardId>(), 0, new List<SequenceNumber>());
        var queue = new Queue<ShardId>(Enumerable.Range(0, from).Select(index => new ShardId($"shardId-{index:D12}")));
        while (queue.TryDequeue(out var shard))
        {
            if (!seen.Add(shard))
            {
                continue;
            }

            var iterator = await server.Client.GetShardIteratorAsync(Words, shard, StartingPosition.TrimHorizon, Stop);
            using var result = await server.Client.GetRecordsAsync(new(Words, iterator) { Limit = 1000 }, Stop);
            read.AddRange(result.Records.Select(record => record.SequenceNumber));
            open += result.NextShardIterator is null ? 0 : 1;
            foreach (var child in result.ChildShards)
            {
                queue.Enqueue(child.ShardId);
            }
        }

        Assert.Equal(to, open);
        Assert.Equal(put.Order(), read.Order());
    }

    [Fact]
    public async Task An_iterator_expires_and_never_outlives_its_stream()
    {
        await using var server = await StartAsync(1);
        var shard = new ShardId("shardId-000000000000");
        var old = await server.Client.GetShardIteratorAsync(Words, shard, StartingPosition.TrimHorizon, Stop);
        _time.Advance(TimeSpan.FromMilliseconds(300_001));
        Assert.Equal(
            KinesisErrorCode.ExpiredIterator,
            (await Assert.ThrowsAsync<KinesisException>(() => server.Client.GetRecordsAsync(new(Words, old) { Limit = 1 }, Stop))).Code);

        var iterator = await server.Client.GetShardIteratorAsync(Words, shard, StartingPosition.TrimHorizon, Stop);
        await server.Client.DeleteStreamAsync(Words, cancellationToken: Stop);
        await server.Client.CreateStreamAsync(Words, 1, Stop);
        Assert.Equal(
            KinesisErrorCode.ResourceNotFound,
            (await Assert.ThrowsAsync<KinesisException>(() => server.Client.GetRecordsAsync(
                new(Words, iterator) { Limit = 1 },
                Stop))).Code);
    }

    [Fact]
    public async Task Records_older_than_the_retention_period_are_gone_and_old_positions_lead_to_the_rest()
    {
        await using var server = await StartAsync(1);
        var first = await server.Client.PutRecordAsync(Words, new(Payload(1), "k"), Stop);
        _time.Advance(TimeSpan.FromHours(23));
        _ = await server.Client.PutRecordAsync(Words, new(Payload(2), "k"), Stop);
        _time.Advance(TimeSpan.FromHours(2));
        Assert.Single(await ReadAllAsync(server.Client, new("shardId-000000000000")));
        var iterator = await server.Client.GetShardIteratorAsync(
            Words,
            new("shardId-000000000000"),
            StartingPosition.At(first.SequenceNumber),
            Stop);
        using var result = await server.Client.GetRecordsAsync(new(Words, iterator) { Limit = 10 }, Stop);
        Assert.Equal(Payload(2), Assert.Single(result.Records).Data.ToArray());
    }

    [Fact]
    public async Task A_response_holds_10_MiB_at_most()
    {
        await using var server = await StartAsync(1);
        for (var i = 0; i < 3; i++)
        {
            _ = await server.Client.PutRecordsAsync(
                Words,
                [.. Enumerable.Range(0, 9).Select(_ => new PutRecordEntry(new byte[1024 * 1000], "k"))],
                Stop);
        }

        var iterator = await server.Client.GetShardIteratorAsync(Words, new("shardId-000000000000"), StartingPosition.TrimHorizon, Stop);
        var counts = new List<int>();
        do
        {
            using var result = await server.Client.GetRecordsAsync(new(Words, iterator!) { Limit = 10000 }, Stop);
            counts.Add(result.Records.Count);
            iterator = result.MillisBehindLatest > 0 ? result.NextShardIterator : null;
        }
        while (iterator is not null);

        Assert.Equal([10, 10, 7], counts);
    }

    [Fact]
    public async Task Throughput_is_limited_if_limits_are_set()
    {
        await using var server = await StartAsync(1, options => options.Limits = LocalKinesisLimits.Scaled(0.01));
        var results = await server.Client.PutRecordsAsync(
            Words,
            [.. Enumerable.Range(0, 15).Select(i => new PutRecordEntry(Payload(i), "k"))],
            Stop);
        Assert.Equal(10, results.Count(result => result.Succeeded));
        Assert.All(results.Skip(10), result => Assert.Equal("ProvisionedThroughputExceededException", result.ErrorCode));
        Assert.Equal(
            KinesisErrorCode.Throttled,
            (await Assert.ThrowsAsync<KinesisException>(() => server.Client.PutRecordAsync(Words, new(Payload(0), "k"), Stop))).Code);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(
            10,
            (await server.Client.PutRecordsAsync(
                Words,
                [.. Enumerable.Range(0, 15).Select(i => new PutRecordEntry(Payload(i), "k"))],
                Stop)).Count(result => result.Succeeded));
    }

    private static async Task<IReadOnlyList<KinesisRecord>> ReadAllAsync(KinesisClient client, ShardId shard)
    {
        var iterator = await client.GetShardIteratorAsync(Words, shard, StartingPosition.TrimHorizon, Stop);
        var result = await client.GetRecordsAsync(new(Words, iterator) { Limit = 10_000 }, Stop);
        return result.Records;
    }

    private static byte[] Payload(int seed) => Encoding.UTF8.GetBytes($"payload {seed}");

    private Task<LocalServer> StartAsync(int shards, Action<LocalKinesisOptions>? configure = null) => LocalServer.StartAsync(options =>
    {
        options.TimeProvider = _time;
        options.InitialStreams["words"] = shards;
        configure?.Invoke(options);
    });
}
