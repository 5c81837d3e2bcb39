using Kcl.Internal;
using Kcl.Kinesis;
using Microsoft.Extensions.Logging;

namespace Kcl.Retrieval.Aggregates;

/// <summary>
/// Stores how a stream distributes its records, and asks the service if necessary. All shards of the stream share one instance, so that the
/// service is asked rarely.
/// </summary>
/// <param name="stream">The stream.</param>
/// <param name="kinesis">The service.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Logs failed requests.</param>
internal sealed class RecordDistribution(StreamIdentifier stream, IKinesisClient kinesis, TimeProvider time, ILogger logger) : IDisposable
{
    /// <summary>The shortest time between two requests. The service allows an account 20 per second.</summary>
    public static readonly TimeSpan MinTimeBetweenRequests = TimeSpan.FromSeconds(5);

    /// <summary>The longest time that records wait for a response.</summary>
    public static readonly TimeSpan MaxResponseTime = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly LogThrottle _failureLogThrottle = new(time);
    private readonly Lock _gate = new();
    private DistributionHistory _known;
    private long? _lastRequest;

    /// <summary>Gets what is known now.</summary>
    public DistributionHistory Known
    {
        get { lock (_gate) { return _known; } }
        private set { lock (_gate) { _known = value; } }
    }

    /// <summary>Stores the strategy from a description that was requested for another reason.</summary>
    /// <param name="strategy">The strategy in the description.</param>
    /// <param name="asked">When the description was requested.</param>
    public void Update(RecordDistributionStrategy strategy, DateTimeOffset asked) => Known = Known.After(strategy, asked, time.GetUtcNow());

    /// <summary>Asks the service for the strategy. Calls that wait at the same time share a response.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>
    /// What is known after the response, which was requested after this call began. If the service does not respond, nothing new is known.
    /// </returns>
    public async ValueTask<DistributionHistory> AskAsync(CancellationToken cancellationToken)
    {
        var called = time.GetTimestamp();
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_lastRequest is { } last)
            {
                if (last > called)
                {
                    return Known;
                }

                var pause = MinTimeBetweenRequests - time.GetElapsedTime(last);
                if (pause > TimeSpan.Zero)
                {
                    await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
                }
            }

            _lastRequest = time.GetTimestamp();
            await AskNowAsync(cancellationToken).ConfigureAwait(false);
            return Known;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async ValueTask AskNowAsync(CancellationToken cancellationToken)
    {
        var asked = time.GetUtcNow();
        using var late = new CancellationTokenSource(MaxResponseTime, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        try
        {
            var summary = await kinesis.DescribeStreamSummaryAsync(stream, either.Token).ConfigureAwait(false);
            Known = Known.After(summary.RecordDistribution, asked, time.GetUtcNow());
        }
        catch (Exception exception) when (
            exception is KinesisException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            Known = Known.AfterFailedRequest(time.GetUtcNow());
            if (_failureLogThrottle.ShouldReport())
            {
                logger.DistributionUnknown(exception, stream.ToString());
            }
        }
    }
}
