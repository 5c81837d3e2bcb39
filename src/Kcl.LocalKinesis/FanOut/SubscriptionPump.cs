using System.Text;
using Kcl.LocalKinesis.Errors;
using Kcl.LocalKinesis.Http;
using Kcl.LocalKinesis.Model;
using Kcl.LocalKinesis.RecordLog;
using Kcl.LocalKinesis.Responses;
using Microsoft.AspNetCore.Http;

namespace Kcl.LocalKinesis.FanOut;

/// <summary>
/// Sends the events of one subscription: records as they arrive, an empty event after a while without records, and the last event of a
/// shard with its children. The subscription ends when its duration has passed, the shard has ended, the client disconnects, the consumer
/// or stream is deleted, another subscription takes over, or the server stops. All times are in milliseconds since the Unix epoch.
/// </summary>
/// <param name="http">The HTTP context of the request.</param>
/// <param name="context">The server.</param>
/// <param name="catalog">The server's streams.</param>
/// <param name="live">The stream.</param>
/// <param name="consumer">The consumer.</param>
/// <param name="subscription">The subscription.</param>
/// <param name="position">The index of the first record to send.</param>
internal sealed class SubscriptionPump(
    HttpContext http,
    ServerContext context,
    StreamCatalog catalog,
    LiveStream live,
    ConsumerModel consumer,
    Subscription subscription,
    long position)
{
    // Limits of this server: the service's documentation names none for one event.
    private const int MaxRecords = 10_000;
    private const long MaxBytes = 1024 * 1024;

    // 2 MiB a second per consumer and shard (the service's developer guide, enhanced fan-out).
    private const double BytesPerSecond = 2 * 1024 * 1024;

    // Authors of other emulators have observed that the service sends an empty event about as often.
    private static readonly TimeSpan HeartbeatInterval = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The time that the current message has to complete after the subscription was ended for another reason than its duration.
    /// </summary>
    private static readonly TimeSpan MaxCompletionTime = TimeSpan.FromSeconds(2);

    private readonly long _endsAt = subscription.StartedAt + (long)context.Options.SubscriptionDuration.TotalMilliseconds;
    private readonly int _shardIndex = subscription.Key.ShardIndex;
    private string? _lastDelivered;
    private long _position = position;

    private TimeProvider TimeProvider => context.Clock.TimeProvider;

    private ShardLog Log => live.GetShard(_shardIndex).Log;

    /// <summary>Sends events until the subscription ends.</summary>
    public async Task<SubscriptionEnd> RunAsync()
    {
        http.Response.ContentType = "application/vnd.amazon.eventstream";
        using var expiry = new CancellationTokenSource(context.Options.SubscriptionDuration, TimeProvider);

        // If its duration has passed, a subscription completes the current message. If another subscription takes over, the server stops or
        // the client disconnects, the message has MaxCompletionTime to complete. "ending" is canceled for any of these reasons.
        using var abort = CancellationTokenSource.CreateLinkedTokenSource(subscription.Replaced, context.Stopping, http.RequestAborted);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(expiry.Token, abort.Token);
        try
        {
            await SendInitialResponseAsync(abort.Token).ConfigureAwait(false);
            while (!ending.IsCancellationRequested)
            {
                var changed = Log.WaitForChangeAsync();
                var now = context.Clock.Now;
                if (FindError(now) is { } error)
                {
                    await SendErrorAsync(error, abort.Token).ConfigureAwait(false);
                    return SubscriptionEnd.Completed;
                }

                var (bytes, isLastEvent) = await SendEventAsync(now, abort.Token).ConfigureAwait(false);
                if (isLastEvent)
                {
                    return SubscriptionEnd.Completed;
                }

                await WaitAsync(bytes, changed, now, ending.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The reason is determined below.
        }

        if (subscription.Replaced.IsCancellationRequested)
        {
            await SendErrorAsync(ServiceErrors.SubscriptionTakenOver(), abort.Token).ConfigureAwait(false);
            return SubscriptionEnd.Completed;
        }

        return http.RequestAborted.IsCancellationRequested ? SubscriptionEnd.Disconnected : SubscriptionEnd.Completed;
    }

    // Returns the error that ends the subscription if the stream or the consumer was deleted.
    private ServiceErrorException? FindError(long now)
    {
        if (live.GetModel(now) is not { Status: not StreamStatus.Deleting } model)
        {
            return context.Errors.StreamNotFound(live.LastModel.Name);
        }

        return model.Consumers.Any(other => other.Name == consumer.Name && other.CreatedAt == consumer.CreatedAt && other.DeletedAt is null)
            ? null
            : context.Errors.ConsumerNotFound(consumer.Name, model.Name);
    }

    private async Task<(long Bytes, bool IsLastEvent)> SendEventAsync(long now, CancellationToken abort)
    {
        var model = live.GetModel(now)!;
        var plan = Log.Read(_position, MaxRecords, MaxBytes, catalog.DropExpired(model, Log, now), out var isLastEvent);
        _position = plan.NextPosition;

        using var buffer = new PooledBuffer((int)Math.Max(1024, plan.EncodedBytes * 3 / 2));
        EventFrame.BeginEvent(buffer);
        WritePayload(buffer, plan, now, isLastEvent);
        EventFrame.Finish(buffer);
        await SendAsync(buffer.Written, abort).ConfigureAwait(false);
        return (plan.PayloadBytes, isLastEvent);
    }

    private void WritePayload(PooledBuffer buffer, ReadPlan plan, long now, bool isLastEvent)
    {
        if (plan.Runs.Count > 0)
        {
            _lastDelivered = GetLastNumber(plan.Runs[^1]);
        }

        using var response = ResponseWriter.Create(buffer, cbor: false);
        response.StartObject();
        response.StartArray("Records"u8);
        response.WriteRecords(plan);
        response.EndArray();
        response.WriteInteger("MillisBehindLatest"u8, plan.GetMillisBehindLatest(now));
        if (isLastEvent)
        {
            response.WriteChildren(live.GetModel(context.Clock.Now) ?? live.LastModel, _shardIndex);
        }
        else
        {
            response.WriteText("ContinuationSequenceNumber"u8, _lastDelivered ?? GetNumberBefore(_position, now));
        }

        response.EndObject();
        response.Flush();
    }

    // Returns a sequence number before the next record, for a subscriber that has received no record yet. Records count from 1. The number
    // before the first record is that of the start of the shard, which contains the second of its creation.
    private string GetNumberBefore(long next, long now)
    {
        var created = live.LastModel.Shards[_shardIndex].CreateSecond;
        var second = next == 1 ? created : Math.Max(created, now / 1000);
        return new SequenceParts(created, (uint)_shardIndex, (ulong)(next - 1), second).ToString();
    }

    private static string GetLastNumber(RecordRun run)
    {
        var rest = run.Bytes.Span;
        for (var i = 1; i < run.Count; i++)
        {
            rest = rest[RecordLayout.LengthOf(rest)..];
        }

        return Encoding.ASCII.GetString(RecordLayout.SequenceNumber(rest));
    }

    // Waits until there are new records, the stream changes, or a heartbeat is due. If throughput is limited, waits at least the time that
    // the last event takes at that throughput.
    private async Task WaitAsync(long bytes, Task changed, long now, CancellationToken ending)
    {
        if (context.Options.Limits.Factor is { } factor && bytes > 0)
        {
            await Task.Delay(TimeSpan.FromSeconds(bytes / (BytesPerSecond * factor)), TimeProvider, ending).ConfigureAwait(false);
        }

        if (changed.IsCompleted || Log.Latest > _position)
        {
            return;
        }

        var wakeAt = GetWakeTime(now);
        using var waited = CancellationTokenSource.CreateLinkedTokenSource(ending);
        var delay = Task.Delay(TimeSpan.FromMilliseconds(Math.Max(1, wakeAt - context.Clock.Now)), TimeProvider, waited.Token);
        if (context.Clock.Now < wakeAt)
        {
            _ = await Task.WhenAny(changed, delay).ConfigureAwait(false);
        }

        await waited.CancelAsync().ConfigureAwait(false);
        ending.ThrowIfCancellationRequested();
    }

    private long GetWakeTime(long now)
    {
        var wakeAt = Math.Min(now + (long)HeartbeatInterval.TotalMilliseconds, _endsAt);
        if (live.GetModel(now) is not { } model)
        {
            return wakeAt;
        }

        // The shard may have ended since it was read.
        var shardEnd = model.Shards[_shardIndex].RoutedUntil;
        wakeAt = Math.Min(wakeAt, live.ChangesAt);
        return shardEnd > now ? Math.Min(wakeAt, shardEnd) : wakeAt;
    }

    private async Task SendInitialResponseAsync(CancellationToken abort)
    {
        using var buffer = new PooledBuffer();
        EventFrame.BeginInitialResponse(buffer);
        "{}"u8.CopyTo(buffer.GetSpan(2));
        buffer.Advance(2);
        EventFrame.Finish(buffer);
        await SendAsync(buffer.Written, abort).ConfigureAwait(false);
    }

    private async Task SendErrorAsync(ServiceErrorException error, CancellationToken abort)
    {
        using var buffer = new PooledBuffer();
        EventFrame.BeginException(buffer, error.Type);
        using (var response = ResponseWriter.Create(buffer, cbor: false))
        {
            response.StartObject();
            response.WriteText("message"u8, error.Message);
            response.EndObject();
        }

        EventFrame.Finish(buffer);
        await SendAsync(buffer.Written, abort).ConfigureAwait(false);
    }

    // A slow client can delay a write. If the subscription ends in the meantime, the write may still complete, because a client that
    // received only a part of a message could not parse the reason that follows. The write has no cancellation token, because the web
    // server resets the response when a write is canceled.
    private async Task SendAsync(ReadOnlyMemory<byte> frame, CancellationToken abort)
    {
        var write = http.Response.BodyWriter.WriteAsync(frame, CancellationToken.None);
        if (write.IsCompleted)
        {
            _ = await write.ConfigureAwait(false);
            return;
        }

        var sending = write.AsTask();
        try
        {
            _ = await sending.WaitAsync(abort).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (abort.IsCancellationRequested)
        {
            await CompleteOrAbortAsync(sending).ConfigureAwait(false);
        }
    }

    private async Task CompleteOrAbortAsync(Task sending)
    {
        try
        {
            // A client reads in real time, even if the server has another clock.
            await sending.WaitAsync(MaxCompletionTime, TimeProvider.System).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            http.Abort();
            await sending.ConfigureAwait(false);
        }
    }
}
