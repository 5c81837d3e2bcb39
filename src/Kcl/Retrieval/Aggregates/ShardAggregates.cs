using Kcl.Diagnostics;
using Kcl.Kinesis;

namespace Kcl.Retrieval.Aggregates;

/// <summary>
/// Takes the KPL aggregates of one shard apart, and decides about those that hold records of another shard. Used by one task.
/// </summary>
internal sealed class ShardAggregates
{
    private readonly ShardId _shardId;
    private readonly Deaggregator _deaggregator;
    private readonly RecordDistribution _distribution;
    private readonly AggregateReports _reports;
    private readonly ShardMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly Func<KinesisRecord, bool> _judge;
    private readonly Func<KinesisRecord, bool> _judgeAsked;
    private DistributionHistory _known;
    private SequenceNumber? _firstLeftOut;
    private bool _mustAsk;

    /// <param name="shardId">The shard.</param>
    /// <param name="hashKeys">The shard's hash keys; the whole range where they are not known: then nothing is left out.</param>
    /// <param name="distribution">How the stream distributes records.</param>
    /// <param name="reports">Where aggregates that were left out are told.</param>
    /// <param name="metrics">The shard's.</param>
    /// <param name="time">The clock.</param>
    public ShardAggregates(
        ShardId shardId,
        HashKeyRange hashKeys,
        RecordDistribution distribution,
        AggregateReports reports,
        ShardMetrics metrics,
        TimeProvider time)
    {
        _shardId = shardId;
        _deaggregator = new Deaggregator(hashKeys);
        _distribution = distribution;
        _reports = reports;
        _metrics = metrics;
        _time = time;
        _judge = Judge;
        _judgeAsked = JudgeAsked;
    }

    /// <summary>
    /// Takes a batch apart. It waits only where an aggregate holds a record of another shard and the service has to be asked what that
    /// means.
    /// </summary>
    /// <param name="records">Records as they were retrieved.</param>
    /// <param name="cancellationToken">Abandons the question.</param>
    /// <returns>User records in order; <paramref name="records"/> itself if there was no aggregate.</returns>
    public ValueTask<IReadOnlyList<KinesisRecord>> ExpandAsync(IReadOnlyList<KinesisRecord> records, CancellationToken cancellationToken)
    {
        _reports.TellIfDue(_shardId);
        if (records.Count == 0)
        {
            return new(records);
        }

        (_mustAsk, _firstLeftOut) = (false, null);
        var users = _deaggregator.Expand(records, _judge, out var counts);
        if (_mustAsk)
        {
            return ExpandAskedAsync(records, cancellationToken);
        }

        if (!ReferenceEquals(users, records))
        {
            Count(records, counts);
        }

        return new(users);
    }

    private async ValueTask<IReadOnlyList<KinesisRecord>> ExpandAskedAsync(
        IReadOnlyList<KinesisRecord> records, CancellationToken cancellationToken)
    {
        _known = await _distribution.AskAsync(cancellationToken).ConfigureAwait(false);
        _firstLeftOut = null;
        var users = _deaggregator.Expand(records, _judgeAsked, out var counts);
        Count(records, counts);
        return users;
    }

    private bool Judge(KinesisRecord aggregate)
    {
        var verdict = _distribution.Known.Judge(Arrival(aggregate), _time.GetUtcNow());
        _mustAsk |= verdict == MisplacedVerdict.Ask;
        return Takes(aggregate, verdict);
    }

    private bool JudgeAsked(KinesisRecord aggregate) => Takes(aggregate, _known.JudgeAsked(Arrival(aggregate), _time.GetUtcNow()));

    private bool Takes(KinesisRecord aggregate, MisplacedVerdict verdict)
    {
        if (verdict == MisplacedVerdict.LeaveOut)
        {
            _firstLeftOut ??= aggregate.SequenceNumber;
        }

        return verdict != MisplacedVerdict.LeaveOut;
    }

    private void Count(IReadOnlyList<KinesisRecord> records, DeaggregationCounts counts)
    {
        _metrics.Deaggregated(counts);
        if (_firstLeftOut is { } first)
        {
            _reports.LeftOut(_shardId, counts.Misplaced, first);
        }

        if (counts.UnusableHashKeys > 0)
        {
            _reports.HashKeyUnusable(_shardId, records[0].SequenceNumber);
        }
    }

    private static DateTimeOffset? Arrival(KinesisRecord record) =>
        record.ApproximateArrivalMilliseconds == KinesisRecord.NoTimestamp ? null : record.ApproximateArrivalTimestamp;
}
