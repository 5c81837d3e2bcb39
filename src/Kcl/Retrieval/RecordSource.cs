using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Kcl.Diagnostics;
using Kcl.Internal;
using Kcl.Kinesis;
using Kcl.Retrieval.Aggregates;
using Microsoft.Extensions.Logging;

namespace Kcl.Retrieval;

/// <summary>
/// Reads a shard ahead of its processor, up to the limits for batches and bytes. The <see cref="IShardReader"/> determines how records are
/// retrieved; prefetching, the end of the shard and recovery are the same for every reader.
/// </summary>
internal sealed class RecordSource : IRecordSource
{
    private static readonly TimeSpan Never = TimeSpan.MaxValue;

    private readonly IShardReader _reader;
    private readonly ReadCursor _cursor;
    private readonly PrefetchBuffer _buffer;
    private readonly ShardEnd _end;
    private readonly ShardRef _shard;
    private readonly ShardMetrics _metrics;
    private readonly ILogger _logger;
    private readonly LogThrottle _contradictionLogThrottle;
    private readonly CancellationToken _stopFetching;
    private readonly SupervisedLoop _loop;
    private bool _disposed;

    /// <summary>Initializes a source and starts to read.</summary>
    /// <param name="context">The context of the retrieval.</param>
    /// <param name="reader">Reads the shard.</param>
    /// <param name="cursor">The position of reading; shared with the reader.</param>
    /// <param name="aggregates">Expands the shard's aggregates.</param>
    /// <param name="stopFetching">Canceled when nothing more may be read. What was read stays available.</param>
    public RecordSource(
        RetrievalContext context, IShardReader reader, ReadCursor cursor, ShardAggregates aggregates, CancellationToken stopFetching)
    {
        _reader = reader;
        _cursor = cursor;
        _buffer = new PrefetchBuffer(context, cursor, aggregates);
        _end = new ShardEnd(context.Directory, context.Shard, context.Time);
        _shard = context.Shard;
        _metrics = context.Metrics;
        _logger = context.Logger;
        _contradictionLogThrottle = new LogThrottle(context.Time);
        _stopFetching = stopFetching;
        _loop = new SupervisedLoop(reader.Name, RunRoundAsync, reader.Backoff, context.Time, context.Logger);
        _loop.Start();
    }

    public long? MillisBehindLatest => _buffer.MillisBehindLatest;

    public bool IsDrained => _buffer.IsDrained;

    public TimeSpan? SinceResponse => _buffer.SinceResponse;

    public ReadPosition Origin => _cursor.Origin;

    public bool TryRead([NotNullWhen(true)] out RecordBatch? batch) => _buffer.TryRead(out batch);

    public ValueTask WaitToReadAsync(CancellationToken cancellationToken) => _buffer.WaitToReadAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (!Interlocked.Exchange(ref _disposed, true))
        {
            await _loop.DisposeAsync().ConfigureAwait(false);
            _buffer.Dispose();
        }
    }

    /// <summary>Reads until the reader returns a pause, fails or has nothing more to read.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))] // a round of polling is one response
    private async ValueTask<TimeSpan> RunRoundAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                // Checked before the reader is opened, because a subscription without room for its first event would only expire.
                if (_stopFetching.IsCancellationRequested || !await _buffer.WaitForRoomAsync(cancellationToken).ConfigureAwait(false))
                {
                    return Never;
                }

                await _reader.OpenAsync(cancellationToken).ConfigureAwait(false);
                var bytes = _reader.PlanRead(_buffer.FairShare);
                var reservation = await _buffer.ReserveAsync(bytes, cancellationToken).ConfigureAwait(false);
                RecordsResult? unaccepted = null;
                try
                {
                    if (_stopFetching.IsCancellationRequested)
                    {
                        return Never;
                    }

                    var step = await _reader.ReadAsync(cancellationToken).ConfigureAwait(false);
                    if (step.Result is not { } read)
                    {
                        return step.Pause;
                    }

                    unaccepted = read;
                    reservation.Correct(read.ByteCount);
                    var (decision, children) =
                        await _end.EvaluateAsync(!read.IsEndOfShard, read.ChildShards, cancellationToken).ConfigureAwait(false);
                    if (decision == ResponseDecision.Invalid)
                    {
                        return OnContradiction(read);
                    }

                    var ended = decision == ResponseDecision.Ended;
                    var accepting = _buffer.AcceptAsync(read, step.ContinueAfter, ended ? children : null, reservation, cancellationToken);
                    await accepting.ConfigureAwait(false);
                    unaccepted = null; // the batch owns the buffer and the reservation now
                    reservation = null;
                    if (ended)
                    {
                        return Never;
                    }

                    if (_reader.OnAccepted() is { } pause)
                    {
                        return pause;
                    }
                }
                finally
                {
                    unaccepted?.Dispose();
                    reservation?.Dispose();
                }
            }
        }
        catch (KinesisException exception)
        {
            await _reader.CloseAsync().ConfigureAwait(false);
            return await RecoverAsync(exception, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await _reader.CloseAsync().ConfigureAwait(false);
        }
    }

    private TimeSpan OnContradiction(RecordsResult read)
    {
        if (_contradictionLogThrottle.ShouldReport())
        {
            _logger.ReadAnswerContradictory(_shard.ShardId, read.IsEndOfShard, read.ChildShards.Count);
        }

        return _reader.OnFailed(KinesisErrorCode.MalformedResponse, exception: null);
    }

    private async ValueTask<TimeSpan> RecoverAsync(KinesisException exception, CancellationToken cancellationToken)
    {
        _metrics.ReadFailed(exception.Code);
        var failure = _reader.Classify(exception);
        KclException cause = exception;
        try
        {
            if (failure == ReadFailure.PositionRefused)
            {
                await OnPositionRefusedAsync(cancellationToken).ConfigureAwait(false);
            }
            else if (failure != ReadFailure.Unrelated && await EndIfUnlistedAsync(failure, cancellationToken).ConfigureAwait(false))
            {
                return Never;
            }
        }
        catch (KclException unknown)
        {
            // Without the shard list, it is not known whether the shard has ended, so reading continues. The stream itself may have been
            // deleted.
            cause = unknown;
        }

        return _reader.OnFailed(exception.Code, cause);
    }

    private async ValueTask OnPositionRefusedAsync(CancellationToken cancellationToken)
    {
        var start = _cursor.Position.Start;
        if (await _end.AfterRefusalAsync(start, cancellationToken).ConfigureAwait(false) == ShardEndDecision.ReadFromHorizon)
        {
            _logger.PositionBeforeShard(_shard.ShardId, start.SequenceNumber!.Value);
            _cursor.RestartAtHorizon();
        }
    }

    private async ValueTask<bool> EndIfUnlistedAsync(ReadFailure failure, CancellationToken cancellationToken)
    {
        var isAmbiguous = failure == ReadFailure.ShardOrReaderNotFound;
        var start = _cursor.Position.Start;
        var (decision, listing) = await _end.AfterNotFoundAsync(start, isAmbiguous, cancellationToken).ConfigureAwait(false);
        switch (decision)
        {
            case ShardEndDecision.Ended:
                _logger.ShardGone(_shard.ShardId, listing.Exists, listing.Children.Count);
                _buffer.End(listing.Children);
                return true;
            case ShardEndDecision.ReadFromHorizon:
                _cursor.RestartAtHorizon();
                break;
        }

        return false;
    }
}
