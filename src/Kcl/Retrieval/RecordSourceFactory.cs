using Kcl.Consuming;
using Kcl.Diagnostics;
using Kcl.Kinesis;
using Kcl.Retrieval.Aggregates;
using Kcl.Retrieval.FanOut;
using Kcl.Retrieval.Polling;
using Microsoft.Extensions.Logging;

namespace Kcl.Retrieval;

/// <summary>How this worker retrieves: what its shards share, and the source each of them reads from.</summary>
internal sealed class RecordSourceFactory : IDisposable
{
    private readonly KinesisConsumerOptions _options;
    private readonly KinesisConsumerServices _services;
    private readonly ByteBudget _budget;
    private readonly IFanOutClient? _fanOut;
    private readonly FanOutConsumer? _consumer;
    private readonly ILogger _logger;
    private readonly RecordDistribution _distribution;
    private readonly AggregateReports _reports;
    private bool _polls;

    /// <param name="options">The consumer's frozen options.</param>
    /// <param name="services">What the consumer stands on.</param>
    public RecordSourceFactory(KinesisConsumerOptions options, KinesisConsumerServices services)
        : this(options, services, new ByteBudget(options.MaxPrefetchedBytes))
    {
    }

    internal RecordSourceFactory(KinesisConsumerOptions options, KinesisConsumerServices services, ByteBudget budget)
    {
        (_options, _services, _budget) = (options, services, budget);
        _logger = services.LoggerFactory.CreateLogger("Kcl.Retrieval");
        _fanOut = options.RetrievalMode == RetrievalMode.Polling ? null : services.KinesisClient as IFanOutClient;
        _consumer = _fanOut is null ? null : new FanOutConsumer(options, services.KinesisClient, _fanOut, services.TimeProvider, services.Random, _logger);
        _polls = _consumer is null;
        _distribution = new RecordDistribution(options.Stream.Identifier, services.KinesisClient, services.TimeProvider, _logger);
        _reports = new AggregateReports(options.Stream.Identifier, services.TimeProvider, _logger);
    }

    /// <summary>Makes sure that records can be retrieved as configured, before the first shard is.</summary>
    /// <param name="stream">The stream, as the service described it.</param>
    /// <param name="asked">When it was asked to.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="InvalidStateException">Fan-out was asked for and is refused, or not to be had.</exception>
    /// <exception cref="KinesisException">Whether it is possible cannot be told now; later it may be.</exception>
    public async Task PrepareAsync(StreamDescriptionSummary stream, DateTimeOffset asked, CancellationToken cancellationToken)
    {
        _distribution.Learn(stream.RecordDistribution, asked);
        if (_options.RetrievalMode == RetrievalMode.Polling)
        {
            return;
        }

        var refusal = "The Kinesis client has no fan-out operations.";
        KinesisException? cause = null;
        try
        {
            if (_consumer is not null)
            {
                await _consumer.GetAsync(cancellationToken).ConfigureAwait(false);
                return;
            }
        }
        catch (KinesisException exception) when (!exception.IsTransient || exception.Code == KinesisErrorCode.LimitExceeded)
        {
            (refusal, cause) = (exception.Message, exception);
        }

        if (_options.RetrievalMode == RetrievalMode.FanOut)
        {
            throw new InvalidStateException($"Enhanced fan-out of stream {_options.Stream.Identifier} is not possible: {refusal} Allow this application to register and subscribe, remove a consumer that is not needed, or retrieve by polling.", cause);
        }

        _logger.FanOutNotPossible(cause, _options.Stream.Identifier.ToString());
        Volatile.Write(ref _polls, true);
    }

    /// <summary>Opens what one shard reads from.</summary>
    /// <param name="shardId">The shard.</param>
    /// <param name="position">Where to begin.</param>
    /// <param name="hashKeys">The shard's hash keys, where known.</param>
    /// <param name="coordination">Asked for the shard list's opinion.</param>
    /// <param name="metrics">The shard's.</param>
    /// <param name="stopFetching">Cancelled when nothing more is to be fetched.</param>
    public IRecordSource Open(
        ShardId shardId,
        ReadPosition position,
        HashKeyRange? hashKeys,
        IShardCoordination coordination,
        ShardMetrics metrics,
        CancellationToken stopFetching)
    {
        var aggregates = new ShardAggregates(shardId, hashKeys ?? HashKeyRange.Whole, _distribution, _reports, metrics, _services.TimeProvider);
        return Volatile.Read(ref _polls)
            ? new PollingRecordSource(
                shardId, position, aggregates, _options, _services, coordination, _budget, metrics, _logger, stopFetching)
            : new FanOutRecordSource(
                shardId,
                position,
                aggregates,
                _options,
                _services,
                _fanOut!,
                _consumer!,
                coordination,
                _budget,
                metrics,
                _logger,
                stopFetching);
    }

    public void Dispose()
    {
        _reports.Dispose();
        _distribution.Dispose();
        _consumer?.Dispose();
    }
}
