using Kcl.Kinesis;

namespace Kcl.Simulation;

/// <summary>The current faults of the services.</summary>
internal sealed class Faults(Random random)
{
    /// <summary>Gets or sets the share of calls that are throttled.</summary>
    public double Throttle { get; set; }

    /// <summary>Gets or sets the share of calls that fail before they take effect.</summary>
    public double Fail { get; set; }

    /// <summary>Gets or sets the share of calls that take effect but whose response is lost.</summary>
    public double LoseReply { get; set; }

    /// <summary>Gets or sets the share of calls that are never answered; half of them take effect.</summary>
    public double Hang { get; set; }

    /// <summary>Gets or sets the maximum delay before, and after, a call takes effect.</summary>
    public TimeSpan MaxDelay { get; set; } = TimeSpan.FromMilliseconds(40);

    /// <summary>Gets or sets a value indicating whether no call reaches the service.</summary>
    public bool CutOff { get; set; }

    public void Clear() => (Throttle, Fail, LoseReply, Hang, MaxDelay, CutOff) = (0, 0, 0, 0, TimeSpan.FromMilliseconds(40), false);

    public CallOutcome Next()
    {
        var before = MaxDelay * (random.NextDouble() * random.NextDouble());
        var after = MaxDelay * (random.NextDouble() * random.NextDouble());
        if (CutOff)
        {
            return new(CallResult.Hang, TakesEffect: false, before, after);
        }

        var draw = random.NextDouble();
        return Below(Throttle) ? new(CallResult.Throttle, TakesEffect: false, before, after)
            : Below(Fail) ? new(CallResult.Fail, TakesEffect: false, before, after)
            : Below(LoseReply) ? new(CallResult.Fail, TakesEffect: true, before, after)
            : Below(Hang) ? new(CallResult.Hang, TakesEffect: random.Next(2) == 0, before, after)
            : new(CallResult.Answer, TakesEffect: true, before, after);

        bool Below(double share)
        {
            draw -= share;
            return draw < 0;
        }
    }
}

/// <summary>The result of a call for the caller.</summary>
internal enum CallResult { Answer, Throttle, Fail, Hang }

/// <summary>The outcome of a call.</summary>
/// <param name="Kind">The result for the caller.</param>
/// <param name="TakesEffect">Whether the call takes effect in the service.</param>
/// <param name="Before">The time until the call takes effect.</param>
/// <param name="After">The time from then until the caller receives the response.</param>
internal readonly record struct CallOutcome(CallResult Kind, bool TakesEffect, TimeSpan Before, TimeSpan After);

/// <summary>The connection of a machine to a service.</summary>
/// <param name="faults">The faults of the service.</param>
/// <param name="machine">The caller's machine.</param>
/// <param name="world">The common clock, which continues when a machine is frozen or ends.</param>
/// <param name="crashPoint">Called before and after each call, where the machine may crash.</param>
/// <param name="responseTimeout">The time after which the client stops waiting for a response; null for no limit.</param>
internal sealed class Wire(
    Faults faults,
    VirtualClock machine,
    TimeProvider world,
    Action<string> crashPoint,
    TimeSpan? responseTimeout = null)
{
    /// <summary>Sends a call. It may take effect even after the caller has stopped waiting.</summary>
    public async Task<T> CallAsync<T>(string what, Func<T> effect, Func<CallResult, Exception> failure, CancellationToken cancellationToken)
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

    private async Task<T> ServeAsync<T>(Func<T> effect, Func<CallResult, Exception> failure)
    {
        var fate = faults.Next();
        await Task.Delay(fate.Before, world).ConfigureAwait(false);
        var result = fate.TakesEffect ? effect() : default;
        await Task.Delay(fate.After, world).ConfigureAwait(false);
        switch (fate.Kind)
        {
            case CallResult.Answer:
                return result!;
            case CallResult.Hang:
                await (responseTimeout is { } limit ? Task.Delay(limit, world) : new TaskCompletionSource().Task).ConfigureAwait(false);
                throw failure(fate.Kind);
            default:
                throw failure(fate.Kind);
        }
    }
}

/// <summary>The stream as one machine sees it, through its connection.</summary>
internal sealed class SimulatedKinesis(SimulatedStream stream, Wire wire, Func<DateTimeOffset> now, int limit) : IKinesisClient
{
    public IFanOutClient? FanOut => null;

    // Every response has a date, in whole seconds.
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
        CancellationToken cancellationToken) => wire.CallAsync(what, effect, kind => kind == CallResult.Throttle
        ? new KinesisException(KinesisErrorCode.Throttled, $"simulated: {what} throttled")
        : new KinesisException(KinesisErrorCode.ServiceFailure, $"simulated: {what} failed"), cancellationToken);
}
