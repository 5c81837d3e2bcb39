using Kcl.Diagnostics;
using Kcl.Internal;
using Kcl.Kinesis;
using Microsoft.Extensions.Logging;

namespace Kcl.Retrieval.Aggregates;

/// <summary>
/// How a stream distributes its records, as far as this worker knows. All shards of the stream share one, so that however many aggregates
/// are doubtful, the service is asked once in a while.
/// </summary>
/// <param name="stream">The stream.</param>
/// <param name="kinesis">The service.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Where failed questions are told.</param>
internal sealed class RecordDistribution(StreamIdentifier stream, IKinesisClient kinesis, TimeProvider time, ILogger logger) : IDisposable
{
    /// <summary>The shortest time between two questions. The service allows an account 20 a second.</summary>
    public static readonly TimeSpan BetweenQuestions = TimeSpan.FromSeconds(5);

    /// <summary>The longest time that records wait for an answer.</summary>
    public static readonly TimeSpan LongestQuestion = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly LogThrottle _reports = new(TimeSpan.FromMinutes(1), time);
    private readonly Lock _gate = new();
    private DistributionHistory _known;
    private long? _lastQuestion;

    /// <summary>What is known now.</summary>
    public DistributionHistory Known
    {
        get { lock (_gate) { return _known; } }
        private set { lock (_gate) { _known = value; } }
    }

    /// <summary>The stream was described for another reason.</summary>
    /// <param name="strategy">What the service said.</param>
    /// <param name="asked">When it was asked.</param>
    public void Learn(RecordDistributionStrategy strategy, DateTimeOffset asked) => Known = Known.After(strategy, asked, time.GetUtcNow());

    /// <summary>Asks the service; questions that are put while one waits for its turn share an answer.</summary>
    /// <param name="cancellationToken">Abandons the question.</param>
    /// <returns>
    /// What is known then: by an answer that was asked for after this call began, or by none where the service did not answer.
    /// </returns>
    public async ValueTask<DistributionHistory> AskAsync(CancellationToken cancellationToken)
    {
        var called = time.GetTimestamp();
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_lastQuestion is { } last)
            {
                if (last > called)
                {
                    return Known;
                }

                var pause = BetweenQuestions - time.GetElapsedTime(last);
                if (pause > TimeSpan.Zero)
                {
                    await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
                }
            }

            _lastQuestion = time.GetTimestamp();
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
        using var late = new CancellationTokenSource(LongestQuestion, time);
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
