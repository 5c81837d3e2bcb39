using System.Text.Json;
using Kcl.Kinesis.Formats;
using Kcl.Kinesis.Formats.EventStream;
using Kcl.Kinesis.Transport;

namespace Kcl.Kinesis.Operations.Consumers;

/// <summary>A subscription over the body of an HTTP/2 response.</summary>
internal sealed class ShardSubscription(StreamingResponse response, CallSubject subject, bool pooled) : IShardSubscription
{
    private readonly EventStreamReader _frames = new(response.Body, pooled);

    /// <inheritdoc />
    public async ValueTask<SubscribeToShardEvent?> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (await _frames.ReadAsync(cancellationToken).ConfigureAwait(false) is { } frame)
            {
                // An event takes ownership of its frame; any other frame is returned to the pool.
                using (frame)
                {
                    if (TryReadEvent(frame) is { } found)
                    {
                        return found;
                    }
                }
            }

            return null;
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw KinesisErrors.NoResponse(subject, response.Endpoint, $"the subscription broke: {e.Message}", e);
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            throw KinesisErrors.Malformed(subject, response.Endpoint, e.Message, response.Status, response.RequestId, e);
        }
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => response.DisposeAsync();

    private SubscribeToShardEvent? TryReadEvent(ResponseBody whole)
    {
        var frame = EventStreamFrame.Parse(whole.Memory);
        switch (frame.MessageType)
        {
            case "event":
                // The initial response, and event types that this version does not know, are skipped.
                return frame.EventType == "SubscribeToShardEvent" ? SubscribeToShardCodec.ReadEvent(whole, frame.Payload) : null;
            case "exception" or "error":
                var type = KinesisErrors.GetBareType(frame.ErrorType);
                var message = frame.ErrorMessage ?? KinesisErrors.ReadBody(frame.Payload, "application/json").Message;
                throw KinesisErrors.FromService(subject, response.Region, new(type, message, response.Status, response.RequestId));
            default:
                return null;
        }
    }
}
