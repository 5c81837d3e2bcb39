using System.Text.Json;
using Kcl.Kinesis.EventStream;
using Kcl.Kinesis.Transport;

namespace Kcl.Kinesis.FanOut;

/// <summary>A subscription over the body of an HTTP/2 response.</summary>
internal sealed class ShardSubscription(HttpResponseMessage response, EventStreamReader frames, CallSubject subject, Uri endpoint, string? requestId) : IShardSubscription
{
    /// <inheritdoc />
    public async ValueTask<SubscribeToShardEvent?> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (await frames.ReadAsync(cancellationToken).ConfigureAwait(false) is { } whole)
            {
                // An event takes the frame over; whatever else it is, or fails to be, gives it back.
                using (whole)
                {
                    if (Understand(whole) is { } found)
                    {
                        return found;
                    }
                }
            }

            return null;
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw KinesisErrors.NoAnswer(subject, endpoint, $"the subscription broke: {e.Message}", e);
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            throw KinesisErrors.Malformed(subject, endpoint, e.Message, (int)response.StatusCode, requestId, e);
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await frames.DisposeAsync().ConfigureAwait(false);
        response.Dispose();
    }

    private SubscribeToShardEvent? Understand(ResponseBody whole)
    {
        var frame = EventStreamFrame.Parse(whole.Memory);
        switch (frame.MessageType)
        {
            case "event":
                // The initial response says nothing, and an event of a later day is none of ours.
                return frame.EventType == "SubscribeToShardEvent" ? EventPayload.Read(whole, frame.Payload) : null;
            case "exception" or "error":
                var type = KinesisErrors.BareType(frame.ErrorType);
                var said = frame.ErrorMessage ?? KinesisErrors.ReadBody(frame.Payload, "application/json").Message;
                throw KinesisErrors.FromType(subject, endpoint, KinesisErrors.Classify(type, null), type, said, (int)response.StatusCode, requestId);
            default:
                return null;
        }
    }
}
