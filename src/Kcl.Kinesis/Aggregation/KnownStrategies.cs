using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace Kcl.Kinesis.Aggregation;

/// <summary>
/// Caches the record distribution strategies of streams, per client, for a minute: the service allows an account 20 calls of
/// DescribeStreamSummary per second.
/// </summary>
internal static class KnownStrategies
{
    private static readonly TimeSpan Validity = TimeSpan.FromMinutes(1);
    private static readonly ConditionalWeakTable<IKinesisClient, ConcurrentDictionary<StreamIdentifier, Known>> Clients = [];

    /// <summary>Returns a stream's strategy; the default if the caller is not permitted to describe the stream.</summary>
    public static async ValueTask<RecordDistributionStrategy> GetAsync(
        IKinesisClient client, StreamIdentifier stream, TimeProvider time, CancellationToken cancellationToken)
    {
        if (GetStreams(client).TryGetValue(stream, out var known) && time.GetUtcNow() - known.At < Validity)
        {
            return known.Strategy;
        }

        var strategy = RecordDistributionStrategy.UserPartitionKey;
        try
        {
            strategy = (await client.DescribeStreamSummaryAsync(stream, cancellationToken).ConfigureAwait(false)).RecordDistribution;
        }
        catch (KinesisException exception) when (exception.Code == KinesisErrorCode.AccessDenied)
        {
            // The Kinesis Producer Library assumes this strategy too: it supports no other.
        }

        Set(client, stream, strategy, time);
        return strategy;
    }

    /// <summary>Stores a strategy that was determined in another way.</summary>
    public static void Set(IKinesisClient client, StreamIdentifier stream, RecordDistributionStrategy strategy, TimeProvider time) =>
        GetStreams(client)[stream] = new(strategy, time.GetUtcNow());

    private static ConcurrentDictionary<StreamIdentifier, Known> GetStreams(IKinesisClient client) =>
        Clients.GetValue(client, static _ => new());

    private readonly record struct Known(RecordDistributionStrategy Strategy, DateTimeOffset At);
}
