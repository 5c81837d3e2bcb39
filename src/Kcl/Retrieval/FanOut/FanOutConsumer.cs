using Kcl.Diagnostics;
using Kcl.Internal;
using Kcl.Kinesis;
using Microsoft.Extensions.Logging;

namespace Kcl.Retrieval.FanOut;

/// <summary>The registered consumer that all shards of the worker, and all workers of the application, subscribe as. Found or registered when first asked for.</summary>
internal sealed class FanOutConsumer : IDisposable
{
    private const int MostFailures = 12;
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly KinesisConsumerOptions _options;
    private readonly IKinesisClient _kinesis;
    private readonly IFanOutClient _fanOut;
    private readonly TimeProvider _time;
    private readonly Backoff _backoff;
    private readonly ILogger _logger;
    private StreamConsumer? _known;

    /// <param name="options">The consumer's frozen options.</param>
    /// <param name="kinesis">The stream.</param>
    /// <param name="fanOut">Its fan-out operations.</param>
    /// <param name="time">The clock.</param>
    /// <param name="random">The source of jitter.</param>
    /// <param name="logger">Where a registration is told.</param>
    public FanOutConsumer(KinesisConsumerOptions options, IKinesisClient kinesis, IFanOutClient fanOut, TimeProvider time, Random random, ILogger logger)
    {
        (_options, _kinesis, _fanOut, _time, _logger) = (options, kinesis, fanOut, time, logger);
        _backoff = new Backoff(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10), random, TimeSpan.FromMilliseconds(200));
    }

    /// <summary>The consumer, ready to subscribe.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="KinesisException">The service refuses, or has failed too often in a row.</exception>
    public async ValueTask<ConsumerArn> GetAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _known) is { } known)
        {
            return known.Arn;
        }

        // One shard asks for all: a worker with many would spend the few calls the service allows.
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

    /// <summary>A subscription was refused because something does not exist: the consumer is looked for again, and registered anew if it is gone.</summary>
    /// <param name="consumer">The consumer that was not found.</param>
    public void Doubt(ConsumerArn consumer)
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
                var consumer = await DescribeAsync(stream ??= await FindStreamAsync(cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false)
                    ?? await RegisterAsync(stream.Value, cancellationToken).ConfigureAwait(false);
                if (consumer is { Status: StreamConsumerStatus.Active })
                {
                    return consumer;
                }

                // Being made, being removed, or made by another worker in the same moment.
                await Task.Delay(BetweenLooks, _time, cancellationToken).ConfigureAwait(false);
            }
            catch (KinesisException exception) when (exception.IsTransient && ++failures < MostFailures)
            {
                // "Limit exceeded" may mean that others are being registered just now, or that there are too many: only trying again tells.
                await Task.Delay(_backoff.After(failures), _time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async ValueTask<StreamArn> FindStreamAsync(CancellationToken cancellationToken)
    {
        if (_options.Stream.FanOutConsumerArn?.Stream is { } ofConsumer)
        {
            return ofConsumer;
        }

        return _options.Stream.Identifier.Arn
            ?? (await _kinesis.DescribeStreamSummaryAsync(_options.Stream.Identifier, cancellationToken).ConfigureAwait(false)).StreamArn
            ?? throw new KinesisException(KinesisErrorCode.Other, $"Stream {_options.Stream.Identifier} has no ARN on this server, so no fan-out consumer can be registered. Use polling.");
    }

    private async ValueTask<StreamConsumer?> DescribeAsync(StreamArn stream, CancellationToken cancellationToken)
    {
        if (_options.Stream.FanOutConsumerArn is { } arn)
        {
            return await _fanOut.DescribeStreamConsumerAsync(arn, cancellationToken).ConfigureAwait(false);
        }

        try
        {
            return await _fanOut.DescribeStreamConsumerAsync(stream, ConsumerName, cancellationToken).ConfigureAwait(false);
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
            return await _fanOut.RegisterStreamConsumerAsync(stream, ConsumerName, cancellationToken).ConfigureAwait(false);
        }
        catch (KinesisException exception) when (exception.Code == KinesisErrorCode.ResourceInUse)
        {
            return null; // another worker was faster
        }
    }

    private string ConsumerName => string.IsNullOrEmpty(_options.FanOutConsumerName) ? _options.ApplicationName : _options.FanOutConsumerName;
}
