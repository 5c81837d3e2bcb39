using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace Kcl.Kinesis.Aggregation;

/// <summary>
/// The record distribution strategies of streams, as each client last learned them. They are asked for once a minute at most: the service
/// allows an account 20 such calls a second.
/// </summary>
internal static class KnownStrategies
{
    private static readonly TimeSpan Validity = TimeSpan.FromMinutes(1);
    private static readonly ConditionalWeakTable<IKinesisClient, ConcurrentDictionary<StreamIdentifier, Known>> Clients = [];

    /// <summary>Gets a stream's strategy. A caller who may not describe the stream gets the default.</summary>
    public static async ValueTask<RecordDistributionStrategy> GetAsync(
        IKinesisClient client, StreamIdentifier stream, TimeProvider time, CancellationToken cancellationToken)
    {
        if (Of(client).TryGetValue(stream, out var known) && time.GetUtcNow() - known.At < Validity)
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
            // Then aggregates are made as if there were no other strategy, as the Kinesis Producer Library does.
        }

        Learn(client, stream, strategy, time);
        return strategy;
    }

    /// <summary>Keeps a strategy that was learned otherwise.</summary>
    public static void Learn(IKinesisClient client, StreamIdentifier stream, RecordDistributionStrategy strategy, TimeProvider time) =>
        Of(client)[stream] = new(strategy, time.GetUtcNow());

    private static ConcurrentDictionary<StreamIdentifier, Known> Of(IKinesisClient client) => Clients.GetValue(client, static _ => new());

    private readonly record struct Known(RecordDistributionStrategy Strategy, DateTimeOffset At);
}
