using Kcl.Diagnostics;
using Kcl.Internal;
using Kcl.Kinesis;
using Kcl.Retrieval.Aggregates;
using Kcl.Retrieval.FanOut;
using Kcl.Retrieval.Polling;
using Kcl.Streams;
using Microsoft.Extensions.Logging;

namespace Kcl.Retrieval;

/// <summary>Opens the record sources of a worker's shards, and owns what they share.</summary>
internal sealed class RecordSourceFactory : IDisposable
{
    /// <summary>The category of the log messages of retrieval.</summary>
    public const string LogCategory = "Kcl.Retrieval";

    private readonly RetrievalSettings _settings;
    private readonly IKinesisClient _client;
    private readonly ByteBudget _budget;
    private readonly TimeProvider _time;
    private readonly Chance _chance;
    private readonly ILogger _logger;
    private readonly IFanOutClient? _fanOut;
    private readonly FanOutConsumer? _consumer;
    private readonly RecordDistribution _distribution;
    private readonly AggregateReports _reports;

    // How shards are opened. It differs from the settings only if the service refuses fan-out.
    private volatile RetrievalMode _mode;

    /// <param name="settings">The settings.</param>
    /// <param name="client">The service.</param>
    /// <param name="budget">The byte budget that all shards of the worker share.</param>
    /// <param name="time">The clock.</param>
    /// <param name="random">The source of jitter; may be shared between threads.</param>
    /// <param name="loggers">Creates the logger of retrieval.</param>
    public RecordSourceFactory(
        RetrievalSettings settings, IKinesisClient client, ByteBudget budget, TimeProvider time, Random random, ILoggerFactory loggers)
    {
        _settings = settings;
        _client = client;
        _budget = budget;
        _time = time;
        _chance = new Chance(random);
        _logger = loggers.CreateLogger(LogCategory);
        _fanOut = settings.UsesFanOut ? client.FanOut : null;
        _consumer = _fanOut is null ? null : new FanOutConsumer(settings, client, _fanOut, time, _chance, _logger);
        _mode = !settings.UsesFanOut ? settings.Mode : _consumer is null ? RetrievalMode.Polling : RetrievalMode.FanOut;
        _distribution = new RecordDistribution(settings.Stream, client, time, _logger);
        _reports = new AggregateReports(time, _logger);
    }

    /// <summary>Ensures that records can be retrieved as configured. Called before the first shard is opened.</summary>
    /// <param name="stream">The stream, as the service described it.</param>
    /// <param name="asked">When the description was requested.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="InvalidStateException">Fan-out is configured but not possible.</exception>
    /// <exception cref="KinesisException">
    /// The service did not respond, so it is not known whether fan-out is possible. The call can be repeated.
    /// </exception>
    public async Task PrepareAsync(StreamDescriptionSummary stream, DateTimeOffset asked, CancellationToken cancellationToken)
    {
        _distribution.Update(stream.RecordDistribution, asked);
        if (_settings.UsesFanOut)
        {
            await PrepareFanOutAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Opens the source of one shard's records.</summary>
    /// <param name="shard">The shard.</param>
    /// <param name="position">The position at which reading starts.</param>
    /// <param name="hashKeys">The shard's hash keys; null if they are not known.</param>
    /// <param name="directory">Provides the shard list.</param>
    /// <param name="metrics">The shard's metrics.</param>
    /// <param name="stopFetching">Canceled when nothing more may be read.</param>
    public IRecordSource Open(
        ShardRef shard,
        ReadPosition position,
        HashKeyRange? hashKeys,
        IShardDirectory directory,
        ShardMetrics metrics,
        CancellationToken stopFetching)
    {
        var context = new RetrievalContext
        {
            Shard = shard,
            HashKeys = hashKeys ?? HashKeyRange.Whole,
            Settings = _settings,
            Client = _client,
            Directory = directory,
            Budget = _budget,
            Metrics = metrics,
            Logger = _logger,
            Time = _time,
            Chance = _chance,
        };
        var cursor = new ReadCursor(position, _client, _time);
        var aggregates = new ShardAggregates(context, _distribution, _reports);
        return new RecordSource(context, CreateReader(context, cursor), cursor, aggregates, stopFetching);
    }

    public void Dispose()
    {
        _reports.Dispose();
        _distribution.Dispose();
        _consumer?.Dispose();
    }

    private async ValueTask PrepareFanOutAsync(CancellationToken cancellationToken)
    {
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
            refusal = exception.Message;
            cause = exception;
        }

        if (_settings.Mode == RetrievalMode.FanOut)
        {
            throw new InvalidStateException(
                $"Enhanced fan-out of stream {_settings.Stream} is not possible: {refusal} "
                + "Allow this application to register and subscribe, remove a consumer that is not needed, or retrieve by polling.",
                cause);
        }

        _logger.FanOutNotPossible(cause, _settings.Stream.ToString());
        _mode = RetrievalMode.Polling;
    }

    private IShardReader CreateReader(RetrievalContext context, ReadCursor cursor) => _mode switch
    {
        RetrievalMode.Polling => new PollingReader(context, cursor),
        RetrievalMode.FanOut => new FanOutReader(context, cursor, _fanOut!, _consumer!),
        _ => throw new NotSupportedException($"There is no reader of retrieval mode {_mode}."),
    };
}
