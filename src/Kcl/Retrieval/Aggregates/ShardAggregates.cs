using Kcl.Diagnostics;
using Kcl.Kinesis;

namespace Kcl.Retrieval.Aggregates;

/// <summary>
/// Expands the KPL aggregates of one shard, and decides about those that contain records of another shard. Used by one task.
/// </summary>
internal sealed class ShardAggregates
{
    private readonly ShardRef _shard;
    private readonly Deaggregator _deaggregator;
    private readonly RecordDistribution _distribution;
    private readonly AggregateReports _reports;
    private readonly ShardMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly Func<KinesisRecord, bool> _evaluate;
    private readonly Func<KinesisRecord, bool> _evaluateAfterRequest;
    private DistributionHistory _known;
    private SequenceNumber? _firstLeftOut;
    private bool _mustAsk;

    /// <param name="context">The context of the retrieval. If the hash keys are the whole range, nothing is left out.</param>
    /// <param name="distribution">Stores how the stream distributes records.</param>
    /// <param name="reports">Logs the aggregates that were left out.</param>
    public ShardAggregates(RetrievalContext context, RecordDistribution distribution, AggregateReports reports)
    {
        _shard = context.Shard;
        _deaggregator = new Deaggregator(context.HashKeys);
        _distribution = distribution;
        _reports = reports;
        _metrics = context.Metrics;
        _time = context.Time;
        _evaluate = Evaluate;
        _evaluateAfterRequest = EvaluateAfterRequest;
    }

    /// <summary>
    /// Expands the aggregates of a response. It waits only if an aggregate contains a record of another shard and the service must be asked
    /// for the strategy.
    /// </summary>
    /// <param name="records">The records as they were read.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The user records in order; <paramref name="records"/> itself if it contains no aggregate.</returns>
    public ValueTask<IReadOnlyList<KinesisRecord>> ExpandAsync(IReadOnlyList<KinesisRecord> records, CancellationToken cancellationToken)
    {
        _reports.LogIfDue(_shard);
        if (records.Count == 0)
        {
            return new(records);
        }

        _mustAsk = false;
        _firstLeftOut = null;
        var users = _deaggregator.Expand(records, _evaluate, out var counts);
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
        var users = _deaggregator.Expand(records, _evaluateAfterRequest, out var counts);
        Count(records, counts);
        return users;
    }

    private bool Evaluate(KinesisRecord aggregate)
    {
        var decision = _distribution.Known.Evaluate(Arrival(aggregate), _time.GetUtcNow());
        _mustAsk |= decision == MisplacedAggregateDecision.Ask;
        return IsDelivered(aggregate, decision);
    }

    private bool EvaluateAfterRequest(KinesisRecord aggregate) =>
        IsDelivered(aggregate, _known.EvaluateAfterRequest(Arrival(aggregate), _time.GetUtcNow()));

    private bool IsDelivered(KinesisRecord aggregate, MisplacedAggregateDecision decision)
    {
        if (decision == MisplacedAggregateDecision.LeaveOut)
        {
            _firstLeftOut ??= aggregate.SequenceNumber;
        }

        return decision != MisplacedAggregateDecision.LeaveOut;
    }

    private void Count(IReadOnlyList<KinesisRecord> records, DeaggregationCounts counts)
    {
        _metrics.Deaggregated(counts);
        if (_firstLeftOut is { } first)
        {
            _reports.AddLeftOut(_shard, counts.Misplaced, first);
        }

        if (counts.UnusableHashKeys > 0)
        {
            _reports.AddUnusableHashKey(_shard, records[0].SequenceNumber);
        }
    }

    private static DateTimeOffset? Arrival(KinesisRecord record) =>
        record.ApproximateArrivalMilliseconds == KinesisRecord.NoTimestamp ? null : record.ApproximateArrivalTimestamp;
}
