using Kcl.Internal;
using Kcl.Kinesis;
using Microsoft.Extensions.Logging;

namespace Kcl.Retrieval.FanOut;

/// <summary>
/// The fan-out consumer with which all shards of the worker, and all workers of the application, subscribe. It is looked up or registered
/// when it is first needed.
/// </summary>
internal sealed class FanOutConsumer : IDisposable
{
    private const int MaxFailures = 12;
    private static readonly TimeSpan DescribeInterval =  TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly RetrievalSettings _settings;
    private readonly IKinesisClient _kinesis;
    private readonly IFanOutClient _fanOut;
    private readonly TimeProvider _time;
    private readonly Backoff _backoff;
    private readonly ILogger _logger;
    private StreamConsumer? _known;

    /// <param name="settings">The settings.</param>
    /// <param name="kinesis">The service.</param>
    /// <param name="fanOut">Its fan-out operations.</param>
    /// <param name="time">The clock.</param>
    /// <param name="chance">The source of jitter.</param>
    /// <param name="logger">Logs which consumer is used.</param>
    public FanOutConsumer(
        RetrievalSettings settings, IKinesisClient kinesis, IFanOutClient fanOut, TimeProvider time, Chance chance, ILogger logger)
    {
        _settings = settings;
        _kinesis = kinesis;
        _fanOut = fanOut;
        _time = time;
        _logger = logger;
        _backoff = new Backoff(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10), chance, TimeSpan.FromMilliseconds(200));
    }

    /// <summary>Returns the consumer, ready to subscribe.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="KinesisException">The service refused a request, or too many consecutive requests failed.</exception>
    public async ValueTask<ConsumerArn> GetAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _known) is { } known)
        {
            return known.Arn;
        }

        // One shard calls the service for all shards, because the service allows only a few of these calls.
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_known is null)
            {
                var found = await FindAsync(cancellationToken).ConfigureAwait(false);
                _logger.FanOutConsumerReady(found.Name, found.Arn.Value);
                Volatile.Write(ref _known, found);
            }

            return _known.Arn;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>
    /// Discards the known consumer, so that the next call looks it up again, and registers it again if it no longer exists. Called when the
    /// service refused a subscription because a resource was not found.
    /// </summary>
    /// <param name="consumer">The consumer that was not found.</param>
    public void Invalidate(ConsumerArn consumer)
    {
        if (Volatile.Read(ref _known) is { } known && known.Arn == consumer)
        {
            Interlocked.CompareExchange(ref _known, null, known);
        }
    }

    public void Dispose() => _turn.Dispose();

    private async ValueTask<StreamConsumer> FindAsync(CancellationToken cancellationToken)
    {
        StreamArn? stream = null;
        for (var failures = 0; ;)
        {
            try
            {
                stream ??= await FindStreamAsync(cancellationToken).ConfigureAwait(false);
                var consumer = await DescribeAsync(stream.Value, cancellationToken).ConfigureAwait(false)
                    ?? await RegisterAsync(stream.Value, cancellationToken).ConfigureAwait(false);
                if (consumer is { Status: StreamConsumerStatus.Active })
                {
                    return consumer;
                }

                // The consumer is being created or deleted, or another worker registered it at the same time.
                await Task.Delay(DescribeInterval, _time, cancellationToken).ConfigureAwait(false);
            }
            catch (KinesisException exception) when (exception.IsTransient && ++failures < MaxFailures)
            {
                // "Limit exceeded" may mean that other consumers are being registered, or that there are too many. Only another attempt
                // shows which.
                await Task.Delay(_backoff.After(failures), _time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async ValueTask<StreamArn> FindStreamAsync(CancellationToken cancellationToken)
    {
        if (_settings.FanOutConsumerArn?.Stream is { } ofConsumer)
        {
            return ofConsumer;
        }

        return _settings.Stream.Arn
            ?? (await _kinesis.DescribeStreamSummaryAsync(_settings.Stream, cancellationToken).ConfigureAwait(false)).StreamArn
            ?? throw new KinesisException(
                KinesisErrorCode.Other,
                $"Stream {_settings.Stream} has no ARN on this server, so no fan-out consumer can be registered. Use polling.");
    }

    private async ValueTask<StreamConsumer?> DescribeAsync(StreamArn stream, CancellationToken cancellationToken)
    {
        if (_settings.FanOutConsumerArn is { } arn)
        {
            return await _fanOut.DescribeStreamConsumerAsync(arn, cancellationToken).ConfigureAwait(false);
        }

        try
        {
            return await _fanOut.DescribeStreamConsumerAsync(stream, _settings.FanOutConsumerName, cancellationToken).ConfigureAwait(false);
        }
        catch (KinesisException exception) when (exception.Code == KinesisErrorCode.ResourceNotFound)
        {
            return null;
        }
    }

    private async ValueTask<StreamConsumer?> RegisterAsync(StreamArn stream, CancellationToken cancellationToken)
    {
        try
        {
            return await _fanOut.RegisterStreamConsumerAsync(stream, _settings.FanOutConsumerName, cancellationToken).ConfigureAwait(false);
        }
        catch (KinesisException exception) when (exception.Code == KinesisErrorCode.ResourceInUse)
        {
            return null; // another worker was faster
        }
    }
}
