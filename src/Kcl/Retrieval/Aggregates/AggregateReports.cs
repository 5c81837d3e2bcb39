using System.Collections.Concurrent;
using Kcl.Kinesis;
using Microsoft.Extensions.Logging;

namespace Kcl.Retrieval.Aggregates;

/// <summary>
/// Logs aggregates that were left out, at most once a minute per shard, and aggregates with an unusable hash key, once per shard. Replacing
/// the source from which they were read does not change this.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="logger">The logger.</param>
internal sealed class AggregateReports(TimeProvider time, ILogger logger) : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    // Contains only shards for which something was reported.
    private readonly ConcurrentDictionary<ShardRef, ShardReport> _shards = [];

    /// <summary>Records that aggregates were left out because they contain records of another shard.</summary>
    /// <param name="shard">The shard in which they were.</param>
    /// <param name="count">The number of these aggregates.</param>
    /// <param name="first">The sequence number of the first of them.</param>
    public void AddLeftOut(ShardRef shard, int count, SequenceNumber first)
    {
        var report = GetReport(shard);
        lock (report)
        {
            report.First ??= first;
            report.Count += count;
        }

        LogIfDue(shard);
    }

    /// <summary>Logs what was left out since the last message, unless that was less than a minute ago.</summary>
    /// <param name="shard">The shard.</param>
    public void LogIfDue(ShardRef shard)
    {
        if (_shards.TryGetValue(shard, out var report))
        {
            Log(shard, report, always: false);
        }
    }

    /// <summary>Logs, once per shard, that an aggregate has an explicit hash key that is not a number.</summary>
    /// <param name="shard">The shard in which it was.</param>
    /// <param name="sequenceNumber">Its sequence number.</param>
    public void AddUnusableHashKey(ShardRef shard, SequenceNumber sequenceNumber)
    {
        var report = GetReport(shard);
        lock (report)
        {
            if (report.HashKeyLogged)
            {
                return;
            }

            report.HashKeyLogged = true;
        }

        logger.ExplicitHashKeyUnusable(shard.ShardId, shard.Stream.ToString(), sequenceNumber);
    }

    /// <summary>Logs everything that has not been logged yet.</summary>
    public void Dispose()
    {
        foreach (var (shard, report) in _shards)
        {
            Log(shard, report, always: true);
        }
    }

    private ShardReport GetReport(ShardRef shard) => _shards.GetOrAdd(shard, static _ => new());

    private void Log(ShardRef shard, ShardReport report, bool always)
    {
        int count;
        SequenceNumber first;
        lock (report)
        {
            if (report.First is not { } from || (!always && report.LoggedAt is { } logged && time.GetElapsedTime(logged) < Interval))
            {
                return;
            }

            count = report.Count;
            first = from;
            report.Count = 0;
            report.First = null;
            report.LoggedAt = time.GetTimestamp();
        }

        logger.AggregatesLeftOut(count, shard.ShardId, shard.Stream.ToString(), first);
    }

    private sealed class ShardReport
    {
        public int Count { get; set; }

        public SequenceNumber? First { get; set; }

        public long? LoggedAt { get; set; }

        public bool HashKeyLogged { get; set; }
    }
}
