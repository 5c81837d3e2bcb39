using System.Net;
using Kcl.Kinesis.EventStream;
using Kcl.Kinesis.Transport;
using Kcl.Kinesis.Wire;

namespace Kcl.Kinesis.FanOut;

/// <summary>Opens subscriptions: one attempt each, over HTTP/2, in JSON.</summary>
internal sealed class SubscriptionOpener(KinesisClientOptions options, HttpMessageInvoker http, RequestFactory requests, RequestSigner signer, EndpointSource endpoints, TimeProvider time)
{
    /// <summary>Opens a subscription.</summary>
    public async Task<IShardSubscription> OpenAsync(SubscribeToShardRequest request, CancellationToken cancellationToken)
    {
        var subject = new CallSubject(KinesisOperation.SubscribeToShard, request.ConsumerArn.Stream, request.ShardId, request.ConsumerArn.ConsumerName);
        var endpoint = endpoints.Resolve(request.ConsumerArn.Stream, OperationInfo.Plane(KinesisOperation.SubscribeToShard));
        var body = ConsumerMessages.Subscribe(request);
        try
        {
            return await TryAsync(subject, endpoint, body, request.ReuseBuffers, cancellationToken).ConfigureAwait(false);
        }
        catch (ServiceErrorException e) when (!signer.Learn(e.Failure.ErrorType, e.Date))
        {
            throw e.Failure;
        }
        catch (ServiceErrorException)
        {
            // Signed anew with what was learned.
        }

        try
        {
            return await TryAsync(subject, endpoint, body, request.ReuseBuffers, cancellationToken).ConfigureAwait(false);
        }
        catch (ServiceErrorException e)
        {
            throw e.Failure;
        }
    }

    private async Task<IShardSubscription> TryAsync(CallSubject subject, ServiceEndpoint endpoint, ReadOnlyMemory<byte> body, bool pooled, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(options.AttemptTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        HttpResponseMessage? response = null;
        try
        {
            using var request = await requests.MakeAsync(subject.Operation, endpoint, body, WireFormat.Json, HttpVersion.Version20, either.Token).ConfigureAwait(false);
            response = await http.SendAsync(request, either.Token).ConfigureAwait(false);
            if (!Answers.IsSuccess(response))
            {
                throw await Answers.RefusalAsync(response, subject, endpoint.Uri, either.Token).ConfigureAwait(false);
            }

            var stream = await response.Content.ReadAsStreamAsync(either.Token).ConfigureAwait(false);
            var subscription = new ShardSubscription(response, new(stream, pooled), subject, endpoint.Uri, Answers.RequestId(response));
            response = null;
            return subscription;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested || e is not OperationCanceledException)
        {
            var known = new CallFailure(subject, endpoint.Uri, (int?)response?.StatusCode, null);
            if (e is ServiceErrorException || known.Understand(e, late.IsCancellationRequested ? options.AttemptTimeout : null, options.ConnectTimeout) is not { } failure)
            {
                throw;
            }

            throw failure;
        }
        finally
        {
            response?.Dispose();
        }
    }
}
