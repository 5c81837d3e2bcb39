using Kcl.Kinesis;

namespace Kcl.Retrieval.Aggregates;

/// <summary>
/// What is known about a stream's record distribution strategy over time, and what follows from it. Immutable. In doubt an aggregate is
/// delivered: that may deliver it twice, but loses nothing.
/// </summary>
internal readonly record struct DistributionHistory
{
    /// <summary>How long the strategy AUTO is assumed to last. If that is wrong, it only costs duplicates.</summary>
    public static readonly TimeSpan AutoValidity = TimeSpan.FromMinutes(1);

    /// <summary>How long the service is not asked after a request that failed.</summary>
    public static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(30);

    // Records and responses are not stamped by the same clock.
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(1);

    // The last response, and when it was requested.
    private RecordDistributionStrategy? Strategy { get; init; }

    private DateTimeOffset Asked { get; init; }

    // Records that arrived until then may have been distributed by the service: it did so, and was not seen to have stopped before.
    private DateTimeOffset? AutoUntil { get; init; }

    private DateTimeOffset? Failed { get; init; }

    /// <summary>Returns the history after a response.</summary>
    /// <param name="strategy">The strategy that the service named.</param>
    /// <param name="asked">When the response was requested.</param>
    /// <param name="answered">When the response arrived.</param>
    public DistributionHistory After(RecordDistributionStrategy strategy, DateTimeOffset asked, DateTimeOffset answered) => this with
    {
        Strategy = strategy,
        Asked = asked,
        AutoUntil = IsAuto && strategy == RecordDistributionStrategy.UserPartitionKey ? answered + ClockTolerance : AutoUntil,
        Failed = null,
    };

    /// <summary>Returns the history after a request without a response.</summary>
    /// <param name="now">When the request failed.</param>
    public DistributionHistory AfterNoAnswer(DateTimeOffset now) => this with { Failed = now };

    /// <summary>Decides about an aggregate with what is known.</summary>
    /// <param name="arrival">When the aggregate arrived; null if the server does not say.</param>
    /// <param name="now">The present.</param>
    public MisplacedVerdict Evaluate(DateTimeOffset? arrival, DateTimeOffset now)
    {
        if (Strategy == RecordDistributionStrategy.UserPartitionKey && arrival is { } at)
        {
            if (at <= AutoUntil)
            {
                return MisplacedVerdict.Deliver;
            }

            if (at + ClockTolerance <= Asked)
            {
                return MisplacedVerdict.LeaveOut;
            }
        }

        return (IsAuto && now - Asked < AutoValidity) || now - Failed < AfterFailure ? MisplacedVerdict.Deliver : MisplacedVerdict.Ask;
    }

    /// <summary>Decides about an aggregate after the service was asked because of it.</summary>
    /// <param name="arrival">When the aggregate arrived; null if the server does not say.</param>
    /// <param name="now">The present.</param>
    /// <returns>A verdict other than <see cref="MisplacedVerdict.Ask"/>.</returns>
    public MisplacedVerdict EvaluateAfterRequest(DateTimeOffset? arrival, DateTimeOffset now)
    {
        var leftOut = Failed is null
            ? Strategy == RecordDistributionStrategy.UserPartitionKey && (AutoUntil is not { } until || arrival > until)
            : Evaluate(arrival, now) == MisplacedVerdict.LeaveOut;
        return leftOut ? MisplacedVerdict.LeaveOut : MisplacedVerdict.Deliver;
    }

    private bool IsAuto => Strategy is RecordDistributionStrategy.Auto or RecordDistributionStrategy.Unknown;
}
