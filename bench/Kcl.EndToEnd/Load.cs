using System.Globalization;
using Kcl.Kinesis;

namespace Kcl.EndToEnd;

/// <summary>The records that are consumed.</summary>
internal sealed record Load(int Shards, int RecordsPerShard, int Size)
{
    private const int RecordsPerCall = 250;

    public static StreamName Stream { get; } = new("bench");

    public long Records => (long)Shards * RecordsPerShard;

    public long Bytes => Records * Size;

    /// <summary>Creates the stream, and puts the same number of records into each shard.</summary>
    public async Task PutAsync(Uri endpoint)
    {
        await using var kinesis = new KinesisClient(KinesisClientOptions.ForLocalServer(endpoint));
        await kinesis.CreateStreamAsync(Stream, Shards, CancellationToken.None);
        while ((await kinesis.DescribeStreamSummaryAsync(Stream, CancellationToken.None)).Status != StreamStatus.Active)
        {
            await Task.Delay(20);
        }

        var data = new byte[Size];
        new Random(20260101).NextBytes(data);
        foreach (var shard in await kinesis.ListAllShardsAsync(Stream, null, CancellationToken.None))
        {
            for (var put = 0; put < RecordsPerShard; put += RecordsPerCall)
            {
                var entries = Enumerable.Range(put, Math.Min(RecordsPerCall, RecordsPerShard - put))
                    .Select(i => new PutRecordEntry(data, string.Create(CultureInfo.InvariantCulture, $"partition-{i % 97}"))
                    {
                        ExplicitHashKey = shard.HashKeyRange.Start,
                    });
                var results = await kinesis.PutRecordsAsync(Stream, [.. entries], CancellationToken.None);
                if (results.Any(result => !result.Succeeded))
                {
                    throw new InvalidOperationException("The server refused a record.");
                }
            }
        }
    }
}
