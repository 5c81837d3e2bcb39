using System.Globalization;
using System.Text;
using Kcl.Kinesis;
using Microsoft.Extensions.Time.Testing;

namespace Kcl.Integration.Tests.LocalKinesis;

/// <summary>
/// Tests subscriptions of our client on the embedded server, with renewals, a split and a merge, to the ends of the shards.
/// </summary>
public sealed class LocalServerOwnClientFanOutTests
{
    private const int Records = 400;
    private static readonly StreamName Words = new("words");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Every_record_is_pushed_once_through_renewals_and_resharding(bool reuseBuffers)
    {
        var time = new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(1_700_000_000));
        await using var server = await LocalServer.StartAsync(options =>
        {
            options.TimeProvider = time;
            options.InitialStreams["words"] = 2;
            options.SubscriptionDuration = TimeSpan.FromMilliseconds(300);
        });
        var consumer = await RegisterAsync(server);
        var reader = new Reader(server.Client, consumer.Arn, reuseBuffers);
        var reading = reader.RunAsync([new("shardId-000000000000"), new("shardId-000000000001")], Stop);
        for (var i = 0; i < Records; i += 10)
        {
            if (i == 100)
            {
                await server.Client.SplitShardAsync(Words, new("shardId-000000000000"), UInt128.One << 126, Stop);
            }
            else if (i == 250)
            {
                await server.Client.MergeShardsAsync(Words, new("shardId-000000000003"), new("shardId-000000000001"), Stop);
            }

            _ = await server.Client.PutRecordsAsync(
                Words,
                [
                    .. Enumerable.Range(i, 10).Select(
                        n => new PutRecordEntry(Encoding.UTF8.GetBytes(n.ToString(CultureInfo.InvariantCulture)), $"key-{n % 17}")),
                ],
                Stop);
            time.Advance(TimeSpan.FromMilliseconds(40));
        }

        time.Advance(TimeSpan.FromSeconds(2));

        await reader.Complete.Task.WaitAsync(TimeSpan.FromSeconds(30), Stop);
        await server.Client.DeregisterStreamConsumerAsync(consumer.Arn, Stop);
        Assert.Equal(KinesisErrorCode.ResourceNotFound, (await Assert.ThrowsAsync<KinesisException>(() => reading)).Code);
        Assert.Equal(Enumerable.Range(0, Records), reader.Seen.Select(record => record.Number).Order());
        Assert.All(
            reader.Seen.GroupBy(record => record.Shard),
            shard => Assert.Equal(shard.Select(record => record.SequenceNumber).Order(), shard.Select(record => record.SequenceNumber)));
        Assert.True(reader.Subscriptions > 5, $"{reader.Subscriptions} subscriptions");
        Assert.Equal(5, reader.Seen.Select(record => record.Shard).Union(reader.Started).Distinct().Count());
    }

    private static async Task<StreamConsumer> RegisterAsync(LocalServer server)
    {
        var summary = await server.Client.DescribeStreamSummaryAsync(Words, Stop);
        var consumer = await server.Client.RegisterStreamConsumerAsync(summary.StreamArn!.Value, "app", Stop);
        Assert.Equal(
            consumer.Arn,
            Assert.Single((await server.Client.ListStreamConsumersAsync(new(summary.StreamArn.Value), Stop)).Consumers).Arn);
        return consumer;
    }

    private sealed class Reader(IFanOutClient client, ConsumerArn consumer, bool reuseBuffers)
    {
        private readonly Lock _lock = new();
        private readonly HashSet<ShardId> _ended = [];
        private int _subscriptions;

        public List<(ShardId Shard, int Number, SequenceNumber SequenceNumber)> Seen { get; } = [];

        public HashSet<ShardId> Started { get; } = [];

        public int Subscriptions => _subscriptions;

        public TaskCompletionSource Complete { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Reads shards and then their children. A child of two parents is read when both have ended.</summary>
        public Task RunAsync(IEnumerable<ShardId> shards, CancellationToken cancellationToken) => Task.WhenAll(shards.Select(async shard =>
        {
            lock (_lock)
            {
                if (!Started.Add(shard))
                {
                    return;
                }
            }

            var children = await ReadAsync(shard, cancellationToken);
            ShardId[] ready;
            lock (_lock)
            {
                _ended.Add(shard);
                ready = [.. children.Where(child => child.ParentShards.All(_ended.Contains)).Select(child => child.ShardId)];
            }

            await RunAsync(ready, cancellationToken);
        }));

        private async Task<IReadOnlyList<ChildShard>> ReadAsync(ShardId shard, CancellationToken cancellationToken)
        {
            var position = StartingPosition.TrimHorizon;
            while (true)
            {
                Interlocked.Increment(ref _subscriptions);
                await using var subscription = await client.SubscribeToShardAsync(
                    new(consumer, shard, position) { ReuseBuffers = reuseBuffers },
                    cancellationToken);
                while (await subscription.ReadAsync(cancellationToken) is { } pushed)
                {
                    using (pushed)
                    {
                        Note(shard, pushed);
                        if (pushed.ContinuationSequenceNumber is not { } next)
                        {
                            return pushed.ChildShards;
                        }

                        position = StartingPosition.After(next);
                    }
                }
            }
        }

        private void Note(ShardId shard, SubscribeToShardEvent pushed)
        {
            lock (_lock)
            {
                foreach (var record in pushed.Records)
                {
                    Seen.Add(
                        (shard, int.Parse(Encoding.UTF8.GetString(record.Data.Span), CultureInfo.InvariantCulture), record.SequenceNumber));
                }

                if (Seen.Count >= Records && Started.Count >= 5)
                {
                    Complete.TrySetResult();
                }
            }
        }
    }
}
