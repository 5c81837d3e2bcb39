using System.Runtime.CompilerServices;
using Kcl.Internal;
using Kcl.Kinesis;

namespace Kcl.Retrieval.Polling;

/// <summary>Reads a shard with <c>GetRecords</c>. Each response ends a round of the source.</summary>
internal sealed class PollingReader : IShardReader
{
    /// <summary>The age at which an iterator is replaced before it is used. The service lets iterators expire after five minutes.</summary>
    public static readonly TimeSpan IteratorLifetime = TimeSpan.FromMinutes(4.5);

    private readonly RetrievalContext _context;
    private readonly ReadCursor _cursor;
    private readonly TimeSpan _idle;
    private readonly LogThrottle _failureLogThrottle;
    private readonly long _createdAt;
    private PollingPace _pace = PollingPace.Start(TimeSpan.Zero);
    private ResponseSize _size = ResponseSize.Unknown;
    private LastRead _last;
    private string? _iterator;
    private long _iteratorIssuedAt;
    private int _limit;

    /// <param name="context">The context of the retrieval.</param>
    /// <param name="cursor">The position of reading.</param>
    public PollingReader(RetrievalContext context, ReadCursor cursor)
    {
        _context = context;
        _cursor = cursor;
        _idle = context.Settings.IdleTimeBetweenReads;
        _failureLogThrottle = new LogThrottle(context.Time);
        _createdAt = context.Time.GetTimestamp();
        Backoff = new Backoff(_idle * 2, TimeSpan.FromSeconds(10), context.Chance, _idle);
    }

    public string Name => $"polling {_context.Shard.ShardId}";

    public Backoff Backoff { get; }

    private TimeSpan Elapsed => _context.Time.GetElapsedTime(_createdAt);

    public long PlanRead(long fairShare)
    {
        _limit = _size.GetLimit(fairShare, _context.Settings.MaxRecords);
        return _size.GetReservation(_limit);
    }

    // Pooled, because there is one call per response.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ReadStep> ReadAsync(CancellationToken cancellationToken)
    {
        var iterator = IsIteratorUsable ? _iterator! : await GetIteratorAsync(cancellationToken).ConfigureAwait(false);
        var request = new GetRecordsRequest(_context.Shard.Stream, iterator)
        {
            Limit = _limit,
            ReuseBuffer = _context.Settings.ReuseBuffers,
        };
        var response = await _context.Client.GetRecordsAsync(request, cancellationToken).ConfigureAwait(false);
        var isBehind = response.MillisBehindLatest > 0 || response.Records.Count >= _limit;
        _last = new(response.Records.Count, response.ByteCount, isBehind, response.NextShardIterator);
        return ReadStep.Read(response);
    }

    public TimeSpan? OnAccepted()
    {
        _size = _size.After(_last.Records, _last.Bytes);
        UseIterator(_last.NextIterator!);
        return Advance(_pace.AfterRead(Elapsed, _last.Records, _last.Bytes, _last.IsBehind, _idle));
    }

    // If there is no iterator, the service refused the position itself, and would refuse it again.
    public ReadFailure Classify(KinesisException exception) => exception.Code switch
    {
        KinesisErrorCode.ExpiredIterator or KinesisErrorCode.InvalidArgument when _iterator is null => ReadFailure.PositionRefused,
        KinesisErrorCode.ResourceNotFound => ReadFailure.NotFound,
        _ => ReadFailure.Unrelated,
    };

    public TimeSpan OnFailed(KinesisErrorCode code, KclException? exception)
    {
        TimeSpan pause;
        switch (code)
        {
            case KinesisErrorCode.Throttled or KinesisErrorCode.LimitExceeded:
                pause = Advance(_pace.AfterThrottle(Elapsed, _context.Chance.NextDouble()));
                _context.Logger.ReadThrottled(_context.Shard.ShardId, _pace.Failures, pause);
                return pause;
            case KinesisErrorCode.ExpiredIterator or KinesisErrorCode.InvalidArgument when _iterator is not null:
                pause = Advance(_pace.AfterRefusedIterator(Elapsed, _context.Chance.NextDouble(), _idle));
                _iterator = null;
                break;
            default:
                pause = Advance(_pace.AfterFailure(Elapsed, _context.Chance.NextDouble(), _idle));
                if (code == KinesisErrorCode.ResourceNotFound || exception is null)
                {
                    _iterator = null;
                }

                break;
        }

        if (exception is not null && _failureLogThrottle.ShouldReport())
        {
            _context.Logger.ReadFailed(exception, _context.Shard.ShardId, _pace.Failures, pause);
        }

        return pause;
    }

    private bool IsIteratorUsable => _iterator is not null && _context.Time.GetElapsedTime(_iteratorIssuedAt) < IteratorLifetime;

    private async ValueTask<string> GetIteratorAsync(CancellationToken cancellationToken)
    {
        var (stream, shardId) = (_context.Shard.Stream, _context.Shard.ShardId);
        var start = _cursor.TakeStart();
        var iterator = await _context.Client.GetShardIteratorAsync(stream, shardId, start, cancellationToken).ConfigureAwait(false);
        UseIterator(iterator);
        return iterator;
    }

    private void UseIterator(string iterator)
    {
        _iterator = iterator;
        _iteratorIssuedAt = _context.Time.GetTimestamp();
    }

    private TimeSpan Advance((PollingPace Pace, TimeSpan Pause) step)
    {
        _pace = step.Pace;
        return step.Pause;
    }

    // The response itself is not kept, because its batch owns it and may return its buffer before the next read.
    private readonly record struct LastRead(int Records, int Bytes, bool IsBehind, string? NextIterator);
}
