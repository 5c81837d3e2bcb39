using System.Collections.Concurrent;
using Kcl.Diagnostics;
using Kcl.Kinesis;
using Microsoft.Extensions.Logging;

namespace Kcl.Retrieval.Aggregates;

/// <summary>
/// Tells about aggregates that were left out or are odd: at most once a minute and shard, whatever becomes of the sources they were read
/// from.
/// </summary>
/// <param name="stream">The stream.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Where it is told.</param>
internal sealed class AggregateReports(StreamIdentifier stream, TimeProvider time, ILogger logger) : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    // Only shards that had something to tell are in it.
    private readonly ConcurrentDictionary<ShardId, ShardReport> _shards = [];

    /// <summary>Aggregates were left out because they hold records of another shard.</summary>
    /// <param name="shardId">The shard they were in.</param>
    /// <param name="count">How many.</param>
    /// <param name="first">The sequence number of the first.</param>
    public void LeftOut(ShardId shardId, int count, SequenceNumber first)
    {
        var report = Of(shardId);
        lock (report)
        {
            report.First ??= first;
            report.Count += count;
        }

        TellIfDue(shardId);
    }

    /// <summary>Tells what was left out and not told yet, if its time has come.</summary>
    /// <param name="shardId">The shard.</param>
    public void TellIfDue(ShardId shardId)
    {
        if (_shards.TryGetValue(shardId, out var report))
        {
            Tell(shardId, report, always: false);
        }
    }

    /// <summary>An aggregate has an explicit hash key that is none. Told once for a shard.</summary>
    /// <param name="shardId">The shard it was in.</param>
    /// <param name="sequenceNumber">Its sequence number.</param>
    public void HashKeyUnusable(ShardId shardId, SequenceNumber sequenceNumber)
    {
        var report = Of(shardId);
        lock (report)
        {
            if (report.HashKeyTold)
            {
                return;
            }

            report.HashKeyTold = true;
        }

        logger.ExplicitHashKeyUnusable(shardId, stream.ToString(), sequenceNumber);
    }

    /// <summary>Tells what was not told yet.</summary>
    public void Dispose()
    {
        foreach (var (shardId, report) in _shards)
        {
            Tell(shardId, report, always: true);
        }
    }

    private ShardReport Of(ShardId shardId) => _shards.GetOrAdd(shardId, static _ => new());

    private void Tell(ShardId shardId, ShardReport report, bool always)
    {
        int count;
        SequenceNumber first;
        lock (report)
        {
            if (report.First is not { } from || (!always && report.Told is { } told && time.GetElapsedTime(told) < Interval))
            {
                return;
            }

            (count, first) = (report.Count, from);
            (report.Count, report.First, report.Told) = (0, null, time.GetTimestamp());
        }

        logger.AggregatesLeftOut(count, shardId, stream.ToString(), first);
    }

    private sealed class ShardReport
    {
        public int Count { get; set; }

        public SequenceNumber? First { get; set; }

        public long? Told { get; set; }

        public bool HashKeyTold { get; set; }
    }
}
