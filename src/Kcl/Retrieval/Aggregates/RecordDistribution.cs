using Kcl.Internal;
using Kcl.Kinesis;
using Microsoft.Extensions.Logging;

namespace Kcl.Retrieval.Aggregates;

/// <summary>
/// Knows how a stream distributes its records. All shards of the stream share one, so that the service is asked rarely, however many
/// aggregates are in doubt.
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
    public static readonly TimeSpan MaxAnswerTime = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly LogThrottle _reports = new(time);
    private readonly Lock _gate = new();
    private DistributionHistory _known;
    private long? _lastRequest;

    /// <summary>Gets what is known now.</summary>
    public DistributionHistory Known
    {
        get { lock (_gate) { return _known; } }
        private set { lock (_gate) { _known = value; } }
    }

    /// <summary>Notes a description that was requested for another reason.</summary>
    /// <param name="strategy">The strategy that the service named.</param>
    /// <param name="asked">When the description was requested.</param>
    public void Update(RecordDistributionStrategy strategy, DateTimeOffset asked) => Known = Known.After(strategy, asked, time.GetUtcNow());

    /// <summary>Asks the service. Calls that are made while one waits for its turn share a response.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>
    /// What is known then. The response was requested after this call began; if the service does not respond, nothing new is known.
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
        using var late = new CancellationTokenSource(MaxAnswerTime, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        try
        {
            var summary = await kinesis.DescribeStreamSummaryAsync(stream, either.Token).ConfigureAwait(false);
            Known = Known.After(summary.RecordDistribution, asked, time.GetUtcNow());
        }
        catch (Exception exception) when (
            exception is KinesisException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            Known = Known.AfterNoAnswer(time.GetUtcNow());
            if (_reports.ShouldReport())
            {
                logger.DistributionUnknown(exception, stream.ToString());
            }
        }
    }
}
