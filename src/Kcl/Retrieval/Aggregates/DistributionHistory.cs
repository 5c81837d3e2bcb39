using Kcl.Kinesis;

namespace Kcl.Retrieval.Aggregates;

/// <summary>What becomes of an aggregate that holds a record of another shard.</summary>
internal enum MisplacedVerdict
{
    /// <summary>It is delivered: the stream distributed records by itself when it arrived, or may have.</summary>
    Deliver,

    /// <summary>
    /// It is left out: records were distributed by their keys when it arrived, so that its producer noticed and puts it again.
    /// </summary>
    LeaveOut,

    /// <summary>What is known is older than the aggregate: the service has to be asked.</summary>
    Ask,
}

/// <summary>
/// What is known of a stream's record distribution strategy over time, and what follows from it. Pure. In doubt an aggregate is delivered:
/// that may be once too often, but loses nothing.
/// </summary>
internal readonly record struct DistributionHistory
{
    /// <summary>How long "the service distributes records by itself" is believed. To be wrong about it costs duplicates only.</summary>
    public static readonly TimeSpan AutoValidity = TimeSpan.FromMinutes(1);

    /// <summary>How long nobody asks after a question that failed.</summary>
    public static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(30);

    // The clock that stamps records is not the one that stamps answers.
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(1);

    // The last answer, and when it was asked for.
    private RecordDistributionStrategy? Strategy { get; init; }

    private DateTimeOffset Asked { get; init; }

    // Records that arrived until then may have been distributed by the service: it was seen to do so, and not seen to have stopped before.
    private DateTimeOffset? AutoUntil { get; init; }

    private DateTimeOffset? Failed { get; init; }

    /// <summary>The service answered.</summary>
    /// <param name="strategy">What it said.</param>
    /// <param name="asked">When it was asked.</param>
    /// <param name="answered">When the answer came.</param>
    public DistributionHistory After(RecordDistributionStrategy strategy, DateTimeOffset asked, DateTimeOffset answered) => this with
    {
        Strategy = strategy,
        Asked = asked,
        AutoUntil = IsAuto && strategy == RecordDistributionStrategy.UserPartitionKey ? answered + ClockTolerance : AutoUntil,
        Failed = null,
    };

    /// <summary>The service did not answer.</summary>
    /// <param name="now">When that was known.</param>
    public DistributionHistory AfterNoAnswer(DateTimeOffset now) => this with { Failed = now };

    /// <summary>Decides with what is known.</summary>
    /// <param name="arrival">When the aggregate arrived; null where the server does not say.</param>
    /// <param name="now">The present.</param>
    public MisplacedVerdict Judge(DateTimeOffset? arrival, DateTimeOffset now)
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

    /// <summary>Decides after the service was asked for the sake of this aggregate.</summary>
    /// <param name="arrival">When the aggregate arrived; null where the server does not say.</param>
    /// <param name="now">The present.</param>
    /// <returns>Anything but <see cref="MisplacedVerdict.Ask"/>.</returns>
    public MisplacedVerdict JudgeAsked(DateTimeOffset? arrival, DateTimeOffset now)
    {
        var leftOut = Failed is null
            ? Strategy == RecordDistributionStrategy.UserPartitionKey && (AutoUntil is not { } until || arrival > until)
            : Judge(arrival, now) == MisplacedVerdict.LeaveOut;
        return leftOut ? MisplacedVerdict.LeaveOut : MisplacedVerdict.Deliver;
    }

    private bool IsAuto => Strategy is RecordDistributionStrategy.Auto or RecordDistributionStrategy.Unknown;
}
