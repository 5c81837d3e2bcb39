using System.Text;
using Kcl.Kinesis;

namespace Kcl.Unit.Tests.Retrieval;

/// <summary>One shard of a stream in memory, on a fake clock, with faults that a test sets. Records each call with its time.</summary>
internal sealed class FakeStream(TimeProvider time, ShardId shardId) : IKinesisClient
{
    public IFanOutClient? FanOut { get; set; }

    public DateTimeOffset? ServiceTime => null;

    private readonly Lock _gate = new();
    private readonly List<KinesisRecord> _records = [];
    private readonly Dictionary<string, (int Index, DateTimeOffset Issued)> _iterators = [];
    private readonly Queue<Func<GetRecordsResult?>> _onRead = [];
    private readonly Queue<Func<string?>> _onIterator = [];
    private readonly List<Call> _calls = [];
    private int _answeredReads;
    private int _live;
    private int _trimmed;
    private bool _closed;

    public sealed record Call(
        string Operation,
        DateTimeOffset At,
        StartingPosition? Position = null,
        string? Iterator = null,
        int? Limit = null);

    public int MaxPerRead { get; set; } = 10_000;

    public IReadOnlyList<ChildShard> Children { get; set; } = [];

    /// <summary>Gets or sets a value indicating whether the last response names the child shards, as that of the service does.</summary>
    public bool NamesChildren { get; set; } = true;

    public bool SaysLag { get; set; } = true;

    /// <summary>Gets or sets a value indicating whether a trimmed sequence number is not found, as with some servers.</summary>
    public bool TrimmedIsNotFound { get; set; }

    public Func<CancellationToken, Task>? BeforeRead { get; set; }

    /// <summary>Gets or sets the record distribution strategy in the description of the stream.</summary>
    public RecordDistributionStrategy Distribution { get; set; }

    public Func<CancellationToken, Task<StreamDescriptionSummary>>? OnDescribe { get; set; }

    public int LiveBuffers => Volatile.Read(ref _live);

    public IReadOnlyList<Call> Calls
    {
        get { lock (_gate) { return [.. _calls]; } }
    }

    /// <summary>Gets the number of reads that were answered, successfully or not.</summary>
    public int AnsweredReads => Volatile.Read(ref _answeredReads);

    public IReadOnlyList<Call> Reads => [.. Calls.Where(c => c.Operation == "GetRecords")];

    public IReadOnlyList<Call> Descriptions => [.. Calls.Where(c => c.Operation == "DescribeStreamSummary")];

    public IReadOnlyList<StartingPosition> Positions =>
        [.. Calls.Where(c => c.Operation == "GetShardIterator").Select(c => c.Position!.Value)];

    public static StreamDescriptionSummary Summary(
        RecordDistributionStrategy distribution = RecordDistributionStrategy.UserPartitionKey) => new()
    {
        StreamName = new("words"),
        Status = StreamStatus.Active,
        RetentionPeriod = TimeSpan.FromDays(1),
        CreationTimestamp = DateTimeOffset.UnixEpoch,
        OpenShardCount = 1,
        RecordDistribution = distribution,
    };

    public static KinesisRecord Record(long number, long sub = 0, int bytes = 10, DateTimeOffset? at = null) =>
        new(
            Encoding.ASCII.GetBytes(number.ToString("D" + bytes, System.Globalization.CultureInfo.InvariantCulture)),
            "key",
            SequenceNumber.Parse($"{number}"),
            sub,
            at);

    public void Put(params IEnumerable<long> numbers)
    {
        lock (_gate)
        {
            _records.AddRange(numbers.Select(n => Record(n, at: time.GetUtcNow())));
        }
    }

    public void Put(KinesisRecord record)
    {
        lock (_gate)
        {
            _records.Add(record);
        }
    }

    public void Close(params ChildShard[] children)
    {
        lock (_gate)
        {
            (_closed, Children) = (true, children);
        }
    }

    /// <summary>Removes the oldest records.</summary>
    public void Trim(int count)
    {
        lock (_gate)
        {
            _trimmed += count;
        }
    }

    public void FailRead(KinesisErrorCode code, int times = 1)
    {
        lock (_gate)
        {
            for (var i = 0; i < times; i++)
            {
                _onRead.Enqueue(() => throw new KinesisException(code, $"{code} as ordered"));
            }
        }
    }

    public void FailIterator(KinesisErrorCode code, int times = 1)
    {
        lock (_gate)
        {
            for (var i = 0; i < times; i++)
            {
                _onIterator.Enqueue(() => throw new KinesisException(code, $"{code} as ordered"));
            }
        }
    }

    public void AnswerRead(Func<GetRecordsResult?> answer)
    {
        lock (_gate)
        {
            _onRead.Enqueue(answer);
        }
    }

    public Task<string> GetShardIteratorAsync(
        StreamIdentifier stream,
        ShardId shard,
        StartingPosition position,
        CancellationToken cancellationToken)
    {
        Assert.Equal(shardId, shard);
        lock (_gate)
        {
            _calls.Add(new("GetShardIterator", time.GetUtcNow(), position));
            if (_onIterator.TryDequeue(out var answer) && answer() is { } ordered)
            {
                return Task.FromResult(ordered);
            }

            var index = position.Type switch
            {
                StartingPositionType.TrimHorizon => _trimmed,
                StartingPositionType.Latest => _records.Count,
                StartingPositionType.AtTimestamp => IndexOf(r => r.ApproximateArrivalTimestamp >= position.Timestamp),
                StartingPositionType.AtSequenceNumber => IndexOf(r => r.SequenceNumber >= position.SequenceNumber),
                _ => IndexOf(r => r.SequenceNumber > position.SequenceNumber),
            };
            if (index < _trimmed)
            {
                index = TrimmedIsNotFound ? throw new KinesisException(KinesisErrorCode.ResourceNotFound, "trimmed") : _trimmed;
            }

            return Task.FromResult(Issue(index));
        }
    }

    public async Task<GetRecordsResult> GetRecordsAsync(GetRecordsRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await ReadAsync(request, cancellationToken);
        }
        finally
        {
            Interlocked.Increment(ref _answeredReads);
        }
    }

    private async Task<GetRecordsResult> ReadAsync(GetRecordsRequest request, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _calls.Add(new("GetRecords", time.GetUtcNow(), Iterator: request.ShardIterator, Limit: request.Limit));
        }

        if (BeforeRead is { } before)
        {
            await before(cancellationToken);
        }

        await Task.Yield();
        lock (_gate)
        {
            if (_onRead.TryDequeue(out var answer) && answer() is { } ordered)
            {
                return ordered;
            }

            var (index, issued) = _iterators[request.ShardIterator];
            if (time.GetUtcNow() - issued > TimeSpan.FromMinutes(5))
            {
                throw new KinesisException(KinesisErrorCode.ExpiredIterator, "expired");
            }

            var records = _records.Skip(index).Take(Math.Min(MaxPerRead, request.Limit ?? 10_000)).ToList();
            var next = index + records.Count;
            var ended = _closed && next == _records.Count;
            Interlocked.Increment(ref _live);
            return new GetRecordsResult(new Buffer(() => Interlocked.Decrement(ref _live)))
            {
                Records = records,
                NextShardIterator = ended ? null : Issue(next),
                MillisBehindLatest = SaysLag ? (_records.Count - next) * 1000 : null,
                ChildShards = ended && NamesChildren ? Children : [],
                ByteCount = records.Sum(r => r.Data.Length + 100),
            };
        }
    }

    public Task CreateStreamAsync(StreamName streamName, int shardCount, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task DeleteStreamAsync(StreamIdentifier stream, bool enforceConsumerDeletion, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public async Task<StreamDescriptionSummary> DescribeStreamSummaryAsync(StreamIdentifier stream, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _calls.Add(new("DescribeStreamSummary", time.GetUtcNow()));
        }

        if (OnDescribe is { } script)
        {
            return await script(cancellationToken);
        }

        return Summary(Distribution);
    }

    public Task<ListStreamsPage> ListStreamsAsync(ListStreamsRequest request, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<ListShardsPage> ListShardsAsync(ListShardsRequest request, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<PutRecordResult> PutRecordAsync(StreamIdentifier stream, PutRecordEntry record, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<IReadOnlyList<PutRecordsResultEntry>> PutRecordsAsync(
        StreamIdentifier stream,
        IReadOnlyList<PutRecordEntry> records,
        CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task SplitShardAsync(
        StreamIdentifier stream,
        ShardId shardToSplit,
        UInt128 newStartingHashKey,
        CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task MergeShardsAsync(
        StreamIdentifier stream,
        ShardId shardToMerge,
        ShardId adjacentShardToMerge,
        CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task UpdateShardCountAsync(StreamIdentifier stream, int targetShardCount, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    private int IndexOf(Predicate<KinesisRecord> condition) => _records.FindIndex(condition) is >= 0 and var index ? index : _records.Count;

    private string Issue(int index)
    {
        var iterator = $"iterator-{_iterators.Count}";
        _iterators[iterator] = (index, time.GetUtcNow());
        return iterator;
    }

    private sealed class Buffer(Action release) : IDisposable
    {
        public void Dispose() => release();
    }
}
