using Kcl.Kinesis;

namespace Kcl.Simulation;

/// <summary>How badly the services behave just now.</summary>
internal sealed class Faults(Random random)
{
    /// <summary>The share of calls that are throttled.</summary>
    public double Throttle { get; set; }

    /// <summary>The share of calls that fail before they take effect.</summary>
    public double Fail { get; set; }

    /// <summary>The share of calls that take effect but whose reply is lost.</summary>
    public double LoseReply { get; set; }

    /// <summary>The share of calls that are never answered, whether they took effect or not.</summary>
    public double Hang { get; set; }

    /// <summary>The longest a call takes.</summary>
    public TimeSpan Slowest { get; set; } = TimeSpan.FromMilliseconds(40);

    /// <summary>Whether nothing gets through.</summary>
    public bool CutOff { get; set; }

    public void Clear() => (Throttle, Fail, LoseReply, Hang, Slowest, CutOff) = (0, 0, 0, 0, TimeSpan.FromMilliseconds(40), false);

    public Fate Next()
    {
        var before = Slowest * (random.NextDouble() * random.NextDouble());
        var after = Slowest * (random.NextDouble() * random.NextDouble());
        if (CutOff)
        {
            return new(FateKind.Hang, TakesEffect: false, before, after);
        }

        var draw = random.NextDouble();
        return Below(Throttle) ? new(FateKind.Throttle, TakesEffect: false, before, after)
            : Below(Fail) ? new(FateKind.Fail, TakesEffect: false, before, after)
            : Below(LoseReply) ? new(FateKind.Fail, TakesEffect: true, before, after)
            : Below(Hang) ? new(FateKind.Hang, TakesEffect: random.Next(2) == 0, before, after)
            : new(FateKind.Answer, TakesEffect: true, before, after);

        bool Below(double share)
        {
            draw -= share;
            return draw < 0;
        }
    }
}

/// <summary>What becomes of a call.</summary>
internal enum FateKind { Answer, Throttle, Fail, Hang }

/// <summary>What becomes of one call.</summary>
/// <param name="Kind">How it ends for the caller.</param>
/// <param name="TakesEffect">Whether the service does what was asked.</param>
/// <param name="Before">How long until the service acts.</param>
/// <param name="After">How long from then until the caller hears of it.</param>
internal readonly record struct Fate(FateKind Kind, bool TakesEffect, TimeSpan Before, TimeSpan After);

/// <summary>A machine's way to a service.</summary>
/// <param name="faults">How badly the service behaves.</param>
/// <param name="machine">The caller's machine.</param>
/// <param name="world">The clock that no machine's fate touches.</param>
/// <param name="crashPoint">Called before and after each call: the machine may die there.</param>
/// <param name="givesUpAfter">When the client of the service gives up an answer that does not come; null for never.</param>
internal sealed class Wire(
    Faults faults,
    VirtualClock machine,
    TimeProvider world,
    Action<string> crashPoint,
    TimeSpan? givesUpAfter = null)
{
    /// <summary>Makes a call: what the caller stops waiting for may still take effect.</summary>
    public async Task<T> CallAsync<T>(string what, Func<T> effect, Func<FateKind, Exception> failure, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        crashPoint(what);
        await machine.RunningAsync().ConfigureAwait(false);
        var result = await ServeAsync(effect, failure).WaitAsync(cancellationToken).ConfigureAwait(false);
        await machine.RunningAsync().ConfigureAwait(false);
        crashPoint(what);
        await machine.RunningAsync().ConfigureAwait(false);
        return result;
    }

    private async Task<T> ServeAsync<T>(Func<T> effect, Func<FateKind, Exception> failure)
    {
        var fate = faults.Next();
        await Task.Delay(fate.Before, world).ConfigureAwait(false);
        var result = fate.TakesEffect ? effect() : default;
        await Task.Delay(fate.After, world).ConfigureAwait(false);
        switch (fate.Kind)
        {
            case FateKind.Answer:
                return result!;
            case FateKind.Hang:
                await (givesUpAfter is { } limit ? Task.Delay(limit, world) : new TaskCompletionSource().Task).ConfigureAwait(false);
                throw failure(fate.Kind);
            default:
                throw failure(fate.Kind);
        }
    }
}

/// <summary>One machine's sight of the stream.</summary>
internal sealed class SimulatedKinesis(SimulatedStream stream, Wire wire, Func<DateTimeOffset> now, int limit) : IKinesisClient
{
    public IFanOutClient? FanOut => null;

    // Every answer has a date, in whole seconds.
    public DateTimeOffset? ServiceTime => DateTimeOffset.FromUnixTimeSeconds(now().ToUnixTimeSeconds());

    public Task<StreamDescriptionSummary> DescribeStreamSummaryAsync(StreamIdentifier name, CancellationToken cancellationToken) =>
        CallAsync("DescribeStreamSummary", stream.Describe, cancellationToken);

    public Task<ListShardsPage> ListShardsAsync(ListShardsRequest request, CancellationToken cancellationToken) =>
        CallAsync("ListShards", () => new ListShardsPage { Shards = stream.List(request.Filter) }, cancellationToken);

    public Task<string> GetShardIteratorAsync(
        StreamIdentifier name,
        ShardId shardId,
        StartingPosition position,
        CancellationToken cancellationToken) =>
        CallAsync("GetShardIterator", () => stream.Iterator(shardId, position), cancellationToken);

    public Task<GetRecordsResult> GetRecordsAsync(GetRecordsRequest request, CancellationToken cancellationToken) =>
        CallAsync("GetRecords", () => stream.Read(request.ShardIterator, Math.Min(limit, request.Limit ?? limit)), cancellationToken);

    public Task CreateStreamAsync(StreamName streamName, int shardCount, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task DeleteStreamAsync(StreamIdentifier name, bool enforceConsumerDeletion, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<ListStreamsPage> ListStreamsAsync(ListStreamsRequest request, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<PutRecordResult> PutRecordAsync(StreamIdentifier name, PutRecordEntry record, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<IReadOnlyList<PutRecordsResultEntry>> PutRecordsAsync(
        StreamIdentifier name,
        IReadOnlyList<PutRecordEntry> records,
        CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task SplitShardAsync(
        StreamIdentifier name,
        ShardId shardToSplit,
        UInt128 newStartingHashKey,
        CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task MergeShardsAsync(
        StreamIdentifier name,
        ShardId shardToMerge,
        ShardId adjacentShardToMerge,
        CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task UpdateShardCountAsync(StreamIdentifier name, int targetShardCount, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    private Task<T> CallAsync<T>(
        string what,
        Func<T> effect,
        CancellationToken cancellationToken) => wire.CallAsync(what, effect, kind => kind == FateKind.Throttle
        ? new KinesisException(KinesisErrorCode.Throttled, $"simulated: {what} throttled")
        : new KinesisException(KinesisErrorCode.ServiceFailure, $"simulated: {what} failed"), cancellationToken);
}
