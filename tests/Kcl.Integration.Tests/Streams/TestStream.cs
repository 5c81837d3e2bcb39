using System.Globalization;
using System.Text;
using Kcl.Integration.Tests.Servers;
using Kcl.Kinesis;
using Kcl.LocalKinesis;

namespace Kcl.Integration.Tests.Streams;

/// <summary>A stream of one test on one server, and the numbers that were put into it.</summary>
internal sealed class TestStream : IAsyncDisposable
{
    private static readonly TimeSpan WaitTimeout = TimeSpan.FromSeconds(30);
    private readonly List<long> _numbers = [];
    private readonly bool _knowsUpdateShardCount;

    private TestStream(ServerKind server, Uri endpoint, StreamName name)
    {
        (Server, Endpoint, Name, _knowsUpdateShardCount) = (server, endpoint, name, server != ServerKind.Kinesalite);
        var options = KinesisClientOptions.ForLocalServer(endpoint);
        options.Encoding = server == ServerKind.Kinesalite ? KinesisEncoding.Json : KinesisEncoding.Cbor;
        Client = new(options);
    }

    public ServerKind Server { get; }

    public Uri Endpoint { get; }

    public StreamName Name { get; }

    public KinesisClient Client { get; }

    /// <summary>Gets the numbers that were put so far, in order.</summary>
    public IReadOnlyList<long> Numbers
    {
        get
        {
            lock (_numbers)
            {
                return [.. _numbers];
            }
        }
    }

    /// <summary>Creates a stream with a unique name.</summary>
    public static async Task<TestStream> CreateAsync(ServerPark park, ServerKind server, int shards, CancellationToken cancellationToken) =>
        await CreateAsync(server, await park.EndpointAsync(server), shards, cancellationToken);

    /// <summary>Creates a stream on a server that only this test uses.</summary>
    public static Task<TestStream> CreateAsync(LocalKinesisServer server, int shards, CancellationToken cancellationToken) =>
        CreateAsync(ServerKind.Embedded, server.Endpoint, shards, cancellationToken);

    /// <summary>Puts the next numbers, each as one record, into all shards. The numbers of each partition key are in order.</summary>
    public async Task PutAsync(int count, CancellationToken cancellationToken)
    {
        var first = Numbers.Count;
        var numbers = Enumerable.Range(first, count).Select(n => (long)n).ToArray();
        var results = await Client.PutAllRecordsAsync(
            Name,
            [.. numbers.Select(n => new PutRecordEntry(
                Encoding.ASCII.GetBytes(n.ToString(CultureInfo.InvariantCulture)),
                string.Create(CultureInfo.InvariantCulture, $"key-{n % 64}")))],
            cancellationToken: cancellationToken);
        Assert.All(results, result => Assert.True(result.Succeeded, result.ErrorMessage));
        lock (_numbers)
        {
            _numbers.AddRange(numbers);
        }
    }

    /// <summary>Puts numbers, a few at a time, until the token is canceled.</summary>
    public async Task KeepPuttingAsync(TimeSpan pause, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await PutAsync(10, CancellationToken.None);
            await Task.Delay(pause, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Doubles the number of open shards.</summary>
    public async Task DoubleAsync(CancellationToken cancellationToken)
    {
        var open = await OpenShardsAsync(cancellationToken);
        if (_knowsUpdateShardCount)
        {
            await Client.UpdateShardCountAsync(Name, open.Count * 2, cancellationToken);
            await WaitUntilActiveAsync(cancellationToken);
        }
        else
        {
            foreach (var shard in open)
            {
                var middle = shard.HashKeyRange.Start + ((shard.HashKeyRange.End - shard.HashKeyRange.Start) / 2) + 1;
                await Client.SplitShardAsync(Name, shard.ShardId, middle, cancellationToken);
                await WaitUntilActiveAsync(cancellationToken);
            }
        }

        Assert.Equal(open.Count * 2, (await OpenShardsAsync(cancellationToken)).Count);
    }

    /// <summary>Halves the number of open shards.</summary>
    public async Task HalveAsync(CancellationToken cancellationToken)
    {
        var open = await OpenShardsAsync(cancellationToken);
        if (_knowsUpdateShardCount)
        {
            await Client.UpdateShardCountAsync(Name, open.Count / 2, cancellationToken);
            await WaitUntilActiveAsync(cancellationToken);
        }
        else
        {
            foreach (var pair in open.OrderBy(shard => shard.HashKeyRange.Start).Chunk(2))
            {
                await Client.MergeShardsAsync(Name, pair[0].ShardId, pair[1].ShardId, cancellationToken);
                await WaitUntilActiveAsync(cancellationToken);
            }
        }

        Assert.Equal(open.Count / 2, (await OpenShardsAsync(cancellationToken)).Count);
    }

    /// <summary>Deletes the stream with its records and creates one of the same name.</summary>
    public async Task RecreateAsync(int shards, CancellationToken cancellationToken)
    {
        var former = await Client.DescribeStreamSummaryAsync(Name, cancellationToken);
        await Client.DeleteStreamAsync(Name, enforceConsumerDeletion: true, cancellationToken);
        await WaitUntilDeletedAsync(cancellationToken);

        // The service takes longer than a second. Within a second, local servers would use the same sequence numbers for both streams.
        await Eventually.TrueAsync(
            "another second than that in which the former stream was created",
            () => DateTimeOffset.UtcNow.ToUnixTimeSeconds() > former.CreationTimestamp.ToUnixTimeSeconds(),
            TimeSpan.FromSeconds(10),
            () => $"The former stream was created at {former.CreationTimestamp:O}.",
            cancellationToken);
        await Client.CreateStreamAsync(Name, shards, cancellationToken);
        await WaitUntilActiveAsync(cancellationToken);
    }

    /// <summary>Returns the parents of each shard that has parents.</summary>
    public async Task<IReadOnlyDictionary<ShardId, IReadOnlyList<ShardId>>> ParentsAsync(CancellationToken cancellationToken) =>
        (await Client.ListAllShardsAsync(Name, null, cancellationToken))
            .Where(shard => shard.Parents.Count > 0)
            .ToDictionary(shard => shard.ShardId, shard => shard.Parents);

    public async ValueTask DisposeAsync()
    {
        await Client.DeleteStreamAsync(Name, enforceConsumerDeletion: true, CancellationToken.None);
        await Client.DisposeAsync();
    }

    private static async Task<TestStream> CreateAsync(ServerKind server, Uri endpoint, int shards, CancellationToken cancellationToken)
    {
        var stream = new TestStream(server, endpoint, new($"test-{Guid.NewGuid():N}"));
        await stream.Client.CreateStreamAsync(stream.Name, shards, cancellationToken);
        await stream.WaitUntilActiveAsync(cancellationToken);
        return stream;
    }

    private async Task<IReadOnlyList<Shard>> OpenShardsAsync(CancellationToken cancellationToken) =>
        [.. (await Client.ListAllShardsAsync(Name, null, cancellationToken)).Where(shard => shard.IsOpen)];

    private async Task WaitUntilDeletedAsync(CancellationToken cancellationToken)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                await Client.DescribeStreamSummaryAsync(Name, cancellationToken);
            }
            catch (KinesisException exception) when (exception.Code == KinesisErrorCode.ResourceNotFound)
            {
                return;
            }

            if (TimeProvider.System.GetElapsedTime(start) > WaitTimeout)
            {
                throw new TimeoutException($"Stream '{Name}' on {Server} is still there after {WaitTimeout}.");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), cancellationToken);
        }
    }

    private async Task WaitUntilActiveAsync(CancellationToken cancellationToken)
    {
        var start = TimeProvider.System.GetTimestamp();
        StreamStatus status;
        while ((status = (await Client.DescribeStreamSummaryAsync(Name, cancellationToken)).Status) != StreamStatus.Active)
        {
            if (TimeProvider.System.GetElapsedTime(start) > WaitTimeout)
            {
                throw new TimeoutException($"Stream '{Name}' on {Server} is still {status} after {WaitTimeout}.");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), cancellationToken);
        }
    }
}
