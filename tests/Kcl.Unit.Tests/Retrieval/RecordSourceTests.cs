using Kcl.Internal;
using Kcl.Kinesis;
using Kcl.Retrieval;
using Kcl.Unit.Tests.Consuming;

namespace Kcl.Unit.Tests.Retrieval;

/// <summary>Tests the source with a third kind of reader: the common parts must not depend on polling or fan-out.</summary>
public sealed class RecordSourceTests : IAsyncDisposable
{
    private static readonly ChildShard Child = new(new("child"), [ShardHarness.Shard], HashKeyRange.Whole);

    private readonly ShardHarness _shard = new();
    private ScriptedReader _reader = null!;
    private RecordSource? _source;

    [Fact]
    public async Task A_reader_that_needs_no_pause_is_read_without_closing_it()
    {
        Open(reader => reader.Returns(1, 2).Returns(3).Returns(4).Ends(Child));

        await NextIsAsync(1, 2);
        await NextIsAsync(3);
        await NextIsAsync(4);

        using var last = await BatchAsync();
        Assert.True(last.IsShardEnd);
        Assert.Equal([Child], last.ChildShards);
        await _source!.DisposeAsync();
        Assert.Equal((1, 1), (_reader.Opened, _reader.Closed));
    }

    [Fact]
    public async Task What_was_processed_before_is_dropped_whichever_way_it_came()
    {
        Open(reader => reader.Returns(4, 5, 6).Ends(Child), new(SequenceNumber.Parse("5")));

        await NextIsAsync(6);
    }

    [Fact]
    public async Task A_response_that_contradicts_itself_is_discarded_and_read_again()
    {
        Open(reader => reader.Contradicts(Child).Returns(1));

        await NextIsAsync(1);

        Assert.Equal([KinesisErrorCode.MalformedResponse], _reader.Failures);
        Assert.Equal(1, _shard.Logs.Count(1302));
        Assert.Equal(0, _reader.LiveBuffers);
    }

    [Fact]
    public async Task A_shard_that_is_not_found_ends_when_the_list_confirms_it()
    {
        _shard.Coordination.Listing = new(Exists: true, IsOpen: false, [Child]);
        Open(reader => reader.Fails(KinesisErrorCode.ResourceNotFound, ReadFailure.NotFound));

        using var last = await BatchAsync();

        Assert.True(last.IsShardEnd);
        Assert.Equal([Child], last.ChildShards);
        Assert.Equal(1, _shard.Logs.Count(1303));
        Assert.Empty(_reader.Failures);
    }

    [Fact]
    public async Task What_may_be_the_readers_own_registration_does_not_end_a_listed_shard()
    {
        _shard.Coordination.Listing = new(Exists: true, IsOpen: false, [Child]);
        Open(reader => reader.Fails(KinesisErrorCode.ResourceNotFound, ReadFailure.ShardOrReaderNotFound).Returns(1).Ends(Child));

        await NextIsAsync(1);

        Assert.Equal([KinesisErrorCode.ResourceNotFound], _reader.Failures);
    }

    [Fact]
    public async Task A_refused_number_before_the_shards_first_is_looked_for_from_its_oldest_record()
    {
        _shard.Coordination.Listing = new(Exists: true, IsOpen: true, []) { StartingSequenceNumber = SequenceNumber.Parse("10") };
        Open(
            reader => reader.Fails(KinesisErrorCode.InvalidArgument, ReadFailure.PositionRefused).Returns(11).Ends(Child),
            new(SequenceNumber.Parse("9")));

        await NextIsAsync(11);

        Assert.Equal(1, _shard.Logs.Count(1305));
        Assert.Equal([StartingPosition.At(SequenceNumber.Parse("9")), StartingPosition.TrimHorizon], _reader.Starts.Distinct().Take(2));
    }

    [Fact]
    public async Task What_is_read_when_the_source_is_closed_is_given_back()
    {
        Open(reader => reader.Returns(1).Returns(2));
        await NextIsAsync(1);

        await _source!.DisposeAsync();

        Assert.Equal((0, 0L), (_reader.LiveBuffers, _shard.Budget.Held));
        Assert.Equal(_reader.Opened, _reader.Closed);
    }

    public async ValueTask DisposeAsync()
    {
        if (_source is not null)
        {
            await _source.DisposeAsync();
        }
    }

    private void Open(Action<ScriptedReader> script, ExtendedSequenceNumber? checkpoint = null) => _source = _shard.Open(
        (context, cursor) =>
        {
            _reader = new(context, cursor);
            script(_reader);
            return _reader;
        },
        checkpoint);

    private async Task<RecordBatch> BatchAsync()
    {
        while (true)
        {
            if (_source!.TryRead(out var batch))
            {
                return batch;
            }

            await _shard.Clock.RunUntilAsync(_source.WaitToReadAsync(TestContext.Current.CancellationToken).AsTask());
        }
    }

    private async Task NextIsAsync(params string[] numbers)
    {
        using var batch = await BatchAsync();
        Assert.Equal(numbers, batch.Records.Select(r => r.SequenceNumber.ToString()));
    }

    private Task NextIsAsync(params long[] numbers) => NextIsAsync([.. numbers.Select(n => $"{n}")]);

    /// <summary>A reader that returns what the test sets, and then waits.</summary>
    private sealed class ScriptedReader(RetrievalContext context, ReadCursor cursor) : IShardReader
    {
        private readonly Queue<Func<ReadStep>> _steps = [];
        private readonly List<StartingPosition> _starts = [];
        private readonly List<KinesisErrorCode> _failures = [];
        private ReadFailure _failure;
        private bool _isOpen;
        private int _live;

        public string Name => $"script {context.Shard}";

        public Backoff Backoff { get; } = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), context.Chance);

        public int Opened { get; private set; }

        public int Closed { get; private set; }

        public int LiveBuffers => _live;

        public IReadOnlyList<StartingPosition> Starts => _starts;

        public IReadOnlyList<KinesisErrorCode> Failures => _failures;

        public ScriptedReader Returns(params long[] numbers) => Then(numbers, [], hasMore: true);

        public ScriptedReader Ends(ChildShard child) => Then([], [child], hasMore: false);

        public ScriptedReader Contradicts(ChildShard child) => Then([], [child], hasMore: true);

        public ScriptedReader Fails(KinesisErrorCode code, ReadFailure failure)
        {
            _steps.Enqueue(() =>
            {
                _failure = failure;
                throw FakeFanOut.Fault(code);
            });
            return this;
        }

        public ValueTask OpenAsync(CancellationToken cancellationToken)
        {
            Opened += _isOpen ? 0 : 1;
            _isOpen = true;
            _starts.Add(cursor.TakeStart());
            return default;
        }

        public long PlanRead(long fairShare) => 100;

        public async ValueTask<ReadStep> ReadAsync(CancellationToken cancellationToken)
        {
            if (!_steps.TryDequeue(out var step))
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            }

            return step!();
        }

        public TimeSpan? OnAccepted() => null;

        public ReadFailure Classify(KinesisException exception) => _failure;

        public TimeSpan OnFailed(KinesisErrorCode code, KclException? exception)
        {
            _failures.Add(code);
            return TimeSpan.FromSeconds(1);
        }

        public ValueTask CloseAsync()
        {
            Closed += _isOpen ? 1 : 0;
            _isOpen = false;
            return default;
        }

        private ScriptedReader Then(long[] numbers, ChildShard[] children, bool hasMore)
        {
            _steps.Enqueue(() =>
            {
                Interlocked.Increment(ref _live);
                return ReadStep.Read(new GetRecordsResult(new Release(() => Interlocked.Decrement(ref _live)))
                {
                    Records = [.. numbers.Select(n => FakeStream.Record(n))],
                    NextShardIterator = hasMore ? "next" : null,
                    MillisBehindLatest = 0,
                    ChildShards = children,
                    ByteCount = 100,
                });
            });
            return this;
        }

        private sealed class Release(Action release) : IDisposable
        {
            public void Dispose() => release();
        }
    }
}
