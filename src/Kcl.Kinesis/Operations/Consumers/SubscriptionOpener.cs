using Kcl.Kinesis.Transport;

namespace Kcl.Kinesis.Operations.Consumers;

/// <summary>Opens subscriptions to shards.</summary>
internal sealed class SubscriptionOpener(StreamOpener streams)
{
    // RFC 9113 §7: PROTOCOL_ERROR. A server that supports only HTTP/1.1 responds to the connection preface with text.
    private const long ProtocolError = 1;

    /// <summary>Opens a subscription, in one attempt.</summary>
    public async Task<IShardSubscription> OpenAsync(SubscribeToShardRequest request, CancellationToken cancellationToken)
    {
        var consumer = request.ConsumerArn;
        var subject = new CallSubject(KinesisOperation.SubscribeToShard, consumer.Stream, request.ShardId, consumer.ConsumerName);
        var body = SubscribeToShardCodec.Write(request);
        try
        {
            var response = await streams.OpenAsync(subject, body, cancellationToken).ConfigureAwait(false);
            return new ShardSubscription(response, subject, request.ReuseBuffers);
        }
        catch (KinesisException e) when (e.InnerException is HttpRequestException cause && LacksHttp2(cause))
        {
            throw new KinesisException(
                e.Code,
                $"{subject} needs HTTP/2, which the endpoint does not support. Use polling, or an endpoint or proxy with HTTP/2. "
                    + e.Message,
                innerException: cause);
        }
    }

    private static bool LacksHttp2(HttpRequestException exception) =>
        exception.HttpRequestError == HttpRequestError.VersionNegotiationError
        || exception.InnerException is HttpProtocolException { ErrorCode: ProtocolError };
}
