using Kcl.Kinesis;

namespace Kcl.Retrieval.Aggregates;

/// <summary>
/// Stores what is known about a stream's record distribution strategy over time, and decides about aggregates. Immutable. If the strategy
/// is not certain, an aggregate is delivered: it may be delivered twice, but no record is lost.
/// </summary>
internal readonly record struct DistributionHistory
{
    /// <summary>How long the strategy AUTO is assumed to last. If this is wrong, the only effect is duplicates.</summary>
    public static readonly TimeSpan AutoValidity = TimeSpan.FromMinutes(1);

    /// <summary>How long the service is not asked again after a failed request.</summary>
    public static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(30);

    // The times of records and of responses are taken from different clocks.
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(1);

    // The strategy in the last response, and when that response was requested.
    private RecordDistributionStrategy? Strategy { get; init; }

    private DateTimeOffset RequestedAt { get; init; }

    // The service may have distributed the records that arrived until this time. The strategy was AUTO, and the next response with another
    // strategy arrived at this time.
    private DateTimeOffset? AutoUntil { get; init; }

    private DateTimeOffset? FailedAt { get; init; }

    /// <summary>Returns the history after a response.</summary>
    /// <param name="strategy">The strategy in the response.</param>
    /// <param name="requestedAt">When the response was requested.</param>
    /// <param name="respondedAt">When the response arrived.</param>
    public DistributionHistory After(RecordDistributionStrategy strategy, DateTimeOffset requestedAt, DateTimeOffset respondedAt) =>
        this with
        {
            Strategy = strategy,
            RequestedAt = requestedAt,
            AutoUntil = IsAuto && strategy == RecordDistributionStrategy.UserPartitionKey ? respondedAt + ClockTolerance : AutoUntil,
            FailedAt = null,
        };

    /// <summary>Returns the history after a failed request.</summary>
    /// <param name="now">When the request failed.</param>
    public DistributionHistory AfterFailedRequest(DateTimeOffset now) => this with { FailedAt = now };

    /// <summary>Decides about an aggregate with the known strategy.</summary>
    /// <param name="arrival">When the aggregate arrived; null if the server does not report it.</param>
    /// <param name="now">The current time.</param>
    public MisplacedAggregateDecision Evaluate(DateTimeOffset? arrival, DateTimeOffset now)
    {
        if (Strategy == RecordDistributionStrategy.UserPartitionKey && arrival is { } at)
        {
            if (at <= AutoUntil)
            {
                return MisplacedAggregateDecision.Deliver;
            }

            if (at + ClockTolerance <= RequestedAt)
            {
                return MisplacedAggregateDecision.LeaveOut;
            }
        }

        return (IsAuto && now - RequestedAt < AutoValidity) || now - FailedAt < AfterFailure
            ? MisplacedAggregateDecision.Deliver
            : MisplacedAggregateDecision.Ask;
    }

    /// <summary>Decides about an aggregate after the service was asked because of it.</summary>
    /// <param name="arrival">When the aggregate arrived; null if the server does not report it.</param>
    /// <param name="now">The current time.</param>
    /// <returns>A decision other than <see cref="MisplacedAggregateDecision.Ask"/>.</returns>
    public MisplacedAggregateDecision EvaluateAfterRequest(DateTimeOffset? arrival, DateTimeOffset now)
    {
        var leftOut = FailedAt is null
            ? Strategy == RecordDistributionStrategy.UserPartitionKey && (AutoUntil is not { } until || arrival > until)
            : Evaluate(arrival, now) == MisplacedAggregateDecision.LeaveOut;
        return leftOut ? MisplacedAggregateDecision.LeaveOut : MisplacedAggregateDecision.Deliver;
    }

    private bool IsAuto => Strategy is RecordDistributionStrategy.Auto or RecordDistributionStrategy.Unknown;
}
