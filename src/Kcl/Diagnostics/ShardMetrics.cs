using Kcl.Kinesis;

namespace Kcl.Diagnostics;

/// <summary>Records the metrics of one shard: one addition per batch or call, never one per record.</summary>
/// <param name="stream">The stream.</param>
/// <param name="shardId">The shard.</param>
internal sealed class ShardMetrics(StreamName stream, ShardId shardId)
{
    private readonly KeyValuePair<string, object?> _stream = new(KclMetrics.StreamTag, stream.Value);
    private readonly KeyValuePair<string, object?> _shard = new(KclMetrics.ShardTag, shardId.Value);

    public void Read(int records, int bytes)
    {
        KclMetrics.Reads.Add(1, _stream, _shard);
        if (records == 0)
        {
            KclMetrics.EmptyReads.Add(1, _stream, _shard);
        }

        KclMetrics.ReadBytes.Add(bytes, _stream, _shard);
    }

    public void ReadFailed(KinesisErrorCode code)
    {
        if (KclMetrics.ReadFailures.Enabled)
        {
            KclMetrics.ReadFailures.Add(1, _stream, _shard, new("error.type", code.ToString()));
        }
    }

    public void Processed(int records, long bytes, TimeSpan elapsed)
    {
        KclMetrics.Records.Add(records, _stream, _shard);
        KclMetrics.Bytes.Add(bytes, _stream, _shard);
        if (KclMetrics.ProcessDuration.Enabled)
        {
            KclMetrics.ProcessDuration.Record(elapsed.TotalSeconds, _stream, _shard);
        }
    }

    public void Lag(long milliseconds) => KclMetrics.Lag.Record(milliseconds, _stream, _shard);

    public void ProcessorFailed(string method) => KclMetrics.ProcessorFailures.Add(1, _stream, _shard, new("kcl.method", method));

    public void ProcessorReplaced() => KclMetrics.ProcessorRestarts.Add(1, _stream, _shard);

    public void Deaggregated(DeaggregationCounts counts)
    {
        Count(counts.Aggregates, "expanded");
        Count(counts.Malformed, "malformed");
        Count(counts.Misplaced, "misplaced");
        KclMetrics.AggregatedRecords.Add(counts.UserRecords, _stream, _shard);

        void Count(int records, string outcome)
        {
            if (records > 0)
            {
                KclMetrics.Aggregates.Add(records, _stream, _shard, new("kcl.outcome", outcome));
            }
        }
    }

    public void Subscribed() => KclMetrics.Subscriptions.Add(1, _stream, _shard);

    public void RetrievalRestarted() => KclMetrics.RetrievalRestarts.Add(1, _stream, _shard);

    public void GaveUp() => KclMetrics.GivenUp.Add(1, _stream, _shard);

    public void Checkpointed(TimeSpan elapsed)
    {
        KclMetrics.Checkpoints.Add(1, _stream, _shard);
        if (KclMetrics.CheckpointDuration.Enabled)
        {
            KclMetrics.CheckpointDuration.Record(elapsed.TotalSeconds, _stream, _shard);
        }
    }

    public void CheckpointFailed() => KclMetrics.CheckpointFailures.Add(1, _stream, _shard);
}
