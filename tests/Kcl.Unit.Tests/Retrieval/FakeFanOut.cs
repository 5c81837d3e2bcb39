using System.Threading.Channels;
using Kcl.Kinesis;

namespace Kcl.Unit.Tests.Retrieval;

/// <summary>The fan-out operations in memory. The test sends the events of subscriptions, and sets the behavior of consumers.</summary>
internal sealed class FakeFanOut(TimeProvider time) : IFanOutClient
{
    public static readonly StreamArn Stream = StreamArn.Parse("arn:aws:kinesis:us-east-1:123456789012:stream/words");
    public static readonly ConsumerArn Arn = ConsumerArn.Parse($"{Stream}/consumer/app:1");

    private readonly Lock _gate = new();
    private readonly Queue<Exception> _refusals = [];
    private readonly List<(DateTimeOffset At, StartingPosition Position)> _calls = [];
    private readonly Channel<Subscription> _opened = Channel.CreateUnbounded<Subscription>();
    private int _live;

    public Queue<Func<StreamConsumer>> OnDescribe { get; } = [];

    public Queue<Func<StreamConsumer>> OnRegister { get; } = [];

    public int Registrations { get; private set; }

    public int Descriptions { get; private set; }

    public int LiveEvents => Volatile.Read(ref _live);

    public IReadOnlyList<(DateTimeOffset At, StartingPosition Position)> Calls
    {
        get { lock (_gate) { return [.. _calls]; } }
    }

    public static StreamConsumer Consumer(StreamConsumerStatus status) => new()
    {
        Name = "app",
        Arn = Arn,
        Status = status,
        CreationTimestamp = DateTimeOffset.UnixEpoch,
    };

    public static KinesisException Fault(KinesisErrorCode code) => new(code, $"{code} as ordered");

    public void Refuse(params KinesisErrorCode[] codes)
    {
        lock (_gate)
        {
            foreach (var code in codes)
            {
                _refusals.Enqueue(Fault(code));
            }
        }
    }

    /// <summary>Returns the next subscription that is opened.</summary>
    public Task<Subscription> OpenedAsync() => _opened.Reader.ReadAsync().AsTask();

    public Task<StreamConsumer> RegisterStreamConsumerAsync(StreamArn stream, string consumerName, CancellationToken cancellationToken)
    {
        Registrations++;
        return Task.FromResult(OnRegister.TryDequeue(out var answer) ? answer() : Consumer(StreamConsumerStatus.Active));
    }

    public Task<StreamConsumer> DescribeStreamConsumerAsync(StreamArn stream, string consumerName, CancellationToken cancellationToken)
    {
        Descriptions++;
        Assert.Equal((Stream, "app"), (stream, consumerName));
        return Task.FromResult(OnDescribe.TryDequeue(out var answer) ? answer() : Consumer(StreamConsumerStatus.Active));
    }

    public Task<StreamConsumer> DescribeStreamConsumerAsync(ConsumerArn consumer, CancellationToken cancellationToken) =>
        DescribeStreamConsumerAsync(Stream, "app", cancellationToken);

    public Task<ListStreamConsumersPage> ListStreamConsumersAsync(
        ListStreamConsumersRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task DeregisterStreamConsumerAsync(ConsumerArn consumer, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<IShardSubscription> SubscribeToShardAsync(SubscribeToShardRequest request, CancellationToken cancellationToken)
    {
        Subscription subscription;
        lock (_gate)
        {
            _calls.Add((time.GetUtcNow(), request.Position));
            if (_refusals.TryDequeue(out var refusal))
            {
                throw refusal;
            }

            subscription = new(this);
        }

        _opened.Writer.TryWrite(subscription);
        return Task.FromResult<IShardSubscription>(subscription);
    }

    internal sealed class Subscription(FakeFanOut owner) : IShardSubscription
    {
        private readonly Channel<Func<SubscribeToShardEvent?>> _events = Channel.CreateUnbounded<Func<SubscribeToShardEvent?>>();

        public bool IsDisposed { get; private set; }

        public int Unread => _events.Reader.Count;

        /// <summary>Sends an event with records. Its continuation is the last of them, or a given number.</summary>
        public void Push(
            IEnumerable<KinesisRecord> records,
            long? continuation = null,
            long behind = 0,
            bool ends = false,
            params ChildShard[] children) => _events.Writer.TryWrite(() =>
        {
            var all = records.ToList();
            var after = ends
                ? (SequenceNumber?)null
                : continuation is { } number
                ? SequenceNumber.Parse($"{number}")
                : all[^1].SequenceNumber;
            Interlocked.Increment(ref owner._live);
            return new SubscribeToShardEvent(new Release(() => Interlocked.Decrement(ref owner._live)))
            {
                Records = all,
                ContinuationSequenceNumber = after,
                MillisBehindLatest = behind,
                ChildShards = children,
                ByteCount = all.Sum(r => r.Data.Length + 100),
            };
        });

        public void Push(params long[] numbers) => Push(numbers.Select(n => FakeStream.Record(n)));

        public void End() => _events.Writer.TryWrite(() => null);

        public void Fail(KinesisErrorCode code) => _events.Writer.TryWrite(() => throw Fault(code));

        public async ValueTask<SubscribeToShardEvent?> ReadAsync(CancellationToken cancellationToken) =>
            (await _events.Reader.ReadAsync(cancellationToken))();

        public ValueTask DisposeAsync()
        {
            IsDisposed = true;
            return default;
        }
    }

    private sealed class Release(Action release) : IDisposable
    {
        public void Dispose() => release();
    }
}
