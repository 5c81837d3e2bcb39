using Kcl.LocalKinesis.Records;
using Kcl.LocalKinesis.Streams;
using Kcl.LocalKinesis.Wire;
using Microsoft.AspNetCore.Http;

namespace Kcl.LocalKinesis.FanOut;

/// <summary>
/// One subscription's stream of events: records as they arrive, an empty event when nothing did for a while, the last event of a shard with its children.
/// It ends when its time is over, the shard is, the client goes, or the consumer, the stream or another subscription ends it.
/// </summary>
internal sealed class SubscriptionPump(HttpContext http, StreamCatalog catalog, LiveStream entry, Subscription subscription, ConsumerModel consumer, int shardIndex, long position)
{
    private const int MostRecords = 10_000;
    private const long MostBytes = 1024 * 1024;
    private const double BytesPerSecond = 2 * 1024 * 1024;
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(5);
    private readonly long _until = subscription.StartedAt + (long)catalog.Options.SubscriptionDuration.TotalMilliseconds;
    private string? _lastDelivered;
    private long _position = position;

    private TimeProvider Time => catalog.Clock.Time;

    /// <summary>Pushes until the end.</summary>
    public async Task<SubscriptionEnd> RunAsync()
    {
        http.Response.ContentType = "application/vnd.amazon.eventstream";
        using var over = new CancellationTokenSource(catalog.Options.SubscriptionDuration, Time);

        // When its time is over a subscription lets the message in hand reach the client; the other ends wait for nothing.
        using var cut = CancellationTokenSource.CreateLinkedTokenSource(subscription.Replaced, catalog.Stopping, http.RequestAborted);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(over.Token, cut.Token);
        try
        {
            await WriteInitialResponseAsync(cut.Token).ConfigureAwait(false);
            while (!ending.IsCancellationRequested)
            {
                var changed = entry.Shard(shardIndex).Log.Changed();
                var now = catalog.Clock.Now;
                if (Refusal(now) is { } refusal)
                {
                    await WriteExceptionAsync(refusal).ConfigureAwait(false);
                    return SubscriptionEnd.Completed;
                }

                var (bytes, ended) = await WriteEventAsync(now, cut.Token).ConfigureAwait(false);
                if (ended)
                {
                    return SubscriptionEnd.Completed;
                }

                await RestAsync(bytes, changed, now, ending.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // Whichever it was that ended the subscription is asked below.
        }

        if (subscription.Replaced.IsCancellationRequested)
        {
            await WriteExceptionAsync(ServiceException.InUse("Another subscription of this consumer took over the shard.")).ConfigureAwait(false);
            return SubscriptionEnd.Completed;
        }

        return http.RequestAborted.IsCancellationRequested ? SubscriptionEnd.Left : SubscriptionEnd.Completed;
    }

    private ServiceException? Refusal(long now)
    {
        if (entry.Current(now) is not { Status: not "DELETING" } model)
        {
            return catalog.NotFound(entry.Written.Name);
        }

        return model.Consumers.Any(other => other.Name == consumer.Name && other.CreatedAt == consumer.CreatedAt && other.GoneAt is null)
            ? null
            : ServiceException.NotFound($"Consumer {consumer.Name} of stream {model.Name} under account {catalog.Account} not found.");
    }

    private async Task<(long Bytes, bool Ended)> WriteEventAsync(long now, CancellationToken cut)
    {
        var model = entry.Current(now)!;
        var log = entry.Shard(shardIndex).Log;
        var plan = log.Read(_position, MostRecords, MostBytes, catalog.Expire(model, log, now), out var ended);
        _position = plan.NextPosition;

        using var buffer = new PooledBuffer((int)Math.Max(1024, plan.EncodedBytes * 3 / 2));
        EventFrame.BeginEvent(buffer);
        WritePayload(buffer, plan, now, ended);
        EventFrame.Finish(buffer);
        await SendAsync(buffer.Written, cut).ConfigureAwait(false);
        return (plan.PayloadBytes, ended);
    }

    private void WritePayload(PooledBuffer buffer, ReadPlan plan, long now, bool ended)
    {
        if (plan.Runs.Count > 0)
        {
            _lastDelivered = LastNumber(plan.Runs[^1]);
        }

        using var json = ResponseWriter.Create(buffer, cbor: false);
        json.StartObject();
        json.StartArray("Records"u8);
        RecordsResponse.WriteRecords(json, plan);
        json.EndArray();
        json.Integer("MillisBehindLatest"u8, plan.MillisBehindLatest(now));
        if (ended)
        {
            ShardOperations.WriteChildren(json, entry.Current(catalog.Clock.Now) ?? entry.Written, shardIndex);
        }
        else
        {
            json.Text("ContinuationSequenceNumber"u8, _lastDelivered ?? Before(_position, now));
        }

        json.EndObject();
        json.Flush();
    }

    // A number after which the next record comes, for a subscriber that was given none yet.
    private string Before(long next, long now)
    {
        var created = entry.Written.Shards[shardIndex].CreateSecond;
        return new SequenceParts(created, (uint)shardIndex, (ulong)(next - 1), next == 1 ? created : Math.Max(created, now / 1000)).ToString();
    }

    private static string LastNumber(RecordRun run)
    {
        var rest = run.Bytes.Span;
        for (var i = 1; i < run.Count; i++)
        {
            rest = rest[RecordLayout.LengthOf(rest)..];
        }

        return System.Text.Encoding.ASCII.GetString(RecordLayout.SequenceNumber(rest));
    }

    // Until there is more, or something about the stream changes, or the next sign of life is due; where throughput is limited, at least as long as the last event takes.
    private async Task RestAsync(long bytes, Task changed, long now, CancellationToken ending)
    {
        if (catalog.Options.Limits.Factor is { } factor && bytes > 0)
        {
            await Task.Delay(TimeSpan.FromSeconds(bytes / (BytesPerSecond * factor)), Time, ending).ConfigureAwait(false);
        }

        if (changed.IsCompleted || entry.Shard(shardIndex).Log.Latest > _position)
        {
            return;
        }

        var wake = Math.Min(now + (long)Heartbeat.TotalMilliseconds, _until);
        if (entry.Current(now) is { } model)
        {
            wake = Math.Min(wake, entry.ChangesAt);

            // The shard may have ended since it was read.
            wake = model.Shards[shardIndex].RoutedUntil is var end && end > now ? Math.Min(wake, end) : wake;
        }

        using var rested = CancellationTokenSource.CreateLinkedTokenSource(ending);
        var delay = Task.Delay(TimeSpan.FromMilliseconds(Math.Max(1, wake - catalog.Clock.Now)), Time, rested.Token);
        if (catalog.Clock.Now < wake)
        {
            _ = await Task.WhenAny(changed, delay).ConfigureAwait(false);
        }

        await rested.CancelAsync().ConfigureAwait(false);
        ending.ThrowIfCancellationRequested();
    }

    private async Task WriteInitialResponseAsync(CancellationToken cut)
    {
        using var buffer = new PooledBuffer();
        EventFrame.BeginInitialResponse(buffer);
        "{}"u8.CopyTo(buffer.GetSpan(2));
        buffer.Advance(2);
        EventFrame.Finish(buffer);
        await SendAsync(buffer.Written, cut).ConfigureAwait(false);
    }

    private async Task WriteExceptionAsync(ServiceException refusal)
    {
        using var buffer = new PooledBuffer();
        EventFrame.BeginException(buffer, refusal.Type);
        using (var json = ResponseWriter.Create(buffer, cbor: false))
        {
            json.StartObject();
            json.Text("message"u8, refusal.Message);
            json.EndObject();
        }

        EventFrame.Finish(buffer);
        await SendAsync(buffer.Written, http.RequestAborted).ConfigureAwait(false);
    }

    private async Task SendAsync(ReadOnlyMemory<byte> frame, CancellationToken cut)
    {
        try
        {
            _ = await http.Response.BodyWriter.WriteAsync(frame, cut).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // A client that takes nothing is holding half a message up, or all of it: what it got cannot be ended properly.
            http.Abort();
            throw;
        }
    }
}
