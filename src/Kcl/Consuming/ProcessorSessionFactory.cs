using Kcl.Checkpointing;
using Kcl.Diagnostics;
using Kcl.Leasing;
using Kcl.Processing;
using Kcl.Retrieval;
using Kcl.Streams;

namespace Kcl.Consuming;

/// <summary>Opens the processor sessions of one shard, one after the other, and decides where each starts to read.</summary>
/// <param name="context">The shard.</param>
internal sealed class ProcessorSessionFactory(ShardContext context)
{
    private readonly IHeldLease _lease = context.Lease;
    private readonly ConsumingServices _services = context.Services;
    private readonly TimeProvider _time = context.Services.Time;
    private ProcessorSession? _current;
    private ReadPosition? _origin;
    private long _noResponseSince;
    private long _sourceOpenedAt;

    /// <summary>Gets the current session; null if no session is open.</summary>
    public ProcessorSession? Current => Volatile.Read(ref _current);

    /// <summary>Gets the time since the service last responded to a read of the current source.</summary>
    public TimeSpan SinceSourceResponse => Current?.Source.SinceResponse ?? _time.GetElapsedTime(_sourceOpenedAt);

    /// <summary>Gets the time since the service last responded to a read of any source of the session.</summary>
    public TimeSpan SinceSessionResponse => Current?.Source.SinceResponse ?? _time.GetElapsedTime(_noResponseSince);

    /// <summary>Returns the current session, or opens one at the last checkpoint.</summary>
    public ProcessorSession OpenOrCurrent()
    {
        if (Current is { } current)
        {
            return current;
        }

        var checkpoint = _lease.Current.Checkpoint;
        if (StartOf(checkpoint).LacksInstant)
        {
            _services.RetrievalLogger.TimestampMissing(context.ShardId);
        }

        _noResponseSince = _time.GetTimestamp();
        var warnAfter = context.Settings.SlowProcessorWarningAfter;
        var session = new ProcessorSession(
            new ProcessorInvoker(_services.Processors, context.ShardId, warnAfter, _time, context.Metrics, _services.ProcessingLogger),
            new ShardCheckpointer(_lease, context.Metrics, _time),
            OpenSource(PositionOf(checkpoint)),
            _time);
        Volatile.Write(ref _current, session);
        return session;
    }

    /// <summary>Restarts reading after the last position delivered to the current processor. The processor is not affected.</summary>
    public async ValueTask RestartRetrievalAsync()
    {
        var session = Current!;
        var former = session.Source;
        if (former.SinceResponse is { } sinceResponse)
        {
            _noResponseSince = _time.GetTimestamp() - (long)(sinceResponse.TotalSeconds * _time.TimestampFrequency);
        }

        _origin = former.Origin;
        await session.ReplaceSourceAsync(OpenSource(PositionOf(session.Delivered ?? _lease.Current.Checkpoint))).ConfigureAwait(false);
    }

    /// <summary>Closes the current session, if there is one.</summary>
    public async ValueTask CloseAsync()
    {
        if (Interlocked.Exchange(ref _current, null) is { } session)
        {
            await session.DisposeAsync().ConfigureAwait(false);
            _origin = session.Source.Origin;
        }
    }

    /// <summary>Returns a description of the position from which the shard is read, with the start time of a named position.</summary>
    public string DescribeStart() => StartOf(_lease.Current.Checkpoint).ToString();

    // A named position keeps the start time that it had when the shard was first read here.
    private ReadPosition PositionOf(ExtendedSequenceNumber position) =>
        _origin is { } origin && !position.IsNumber ? origin : ReadPosition.From(StartOf(position));

    private StartPosition StartOf(ExtendedSequenceNumber checkpoint)
    {
        var start = StartPosition.From(checkpoint, LeaseAnnotations.StartOf(_lease.Current)?.Instant, context.Settings.StartTimestamp);
        return start.IsLatest && _lease.StartsAtTip ? StartPosition.Latest(instant: null) : start;
    }

    private IRecordSource OpenSource(ReadPosition position)
    {
        _sourceOpenedAt = _time.GetTimestamp();
        var hashKeys = _lease.Current.HashKeyRange;
        return _services.Retrieval.Open(context.Shard, position, hashKeys, context.Coordination, context.Metrics, context.Tokens.Halted);
    }
}
