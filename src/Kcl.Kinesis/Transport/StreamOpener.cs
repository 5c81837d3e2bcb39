using System.Net;
using Kcl.Kinesis.Endpoints;
using Kcl.Kinesis.Formats;

namespace Kcl.Kinesis.Transport;

/// <summary>Calls operations whose response is read as a stream: one attempt over HTTP/2, in JSON.</summary>
internal sealed class StreamOpener(
    KinesisClientOptions options,
    HttpMessageInvoker http,
    RequestFactory requests,
    RequestSigner signer,
    EndpointSource endpoints,
    TimeProvider time)
{
    /// <summary>Calls an operation. A failure is not retried, except with a corrected signature.</summary>
    /// <param name="subject">The subject of the call.</param>
    /// <param name="body">The request, in JSON.</param>
    /// <param name="cancellationToken">Cancels the call. It has no effect after the call has returned.</param>
    /// <exception cref="KinesisException">The call failed.</exception>
    public async Task<StreamingResponse> OpenAsync(CallSubject subject, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        var endpoint = endpoints.Resolve(subject.Stream?.Arn, ServicePlanes.Of(subject.Operation));
        for (var adjusted = false; ; adjusted = true)
        {
            try
            {
                return await TryOpenAsync(subject, endpoint, body, cancellationToken).ConfigureAwait(false);
            }
            catch (ServiceErrorException e)
            {
                if (adjusted || !signer.TryAdjust(e.Failure.ErrorType, e.Date))
                {
                    throw e.Failure;
                }
            }
        }
    }

    private async Task<StreamingResponse> TryOpenAsync(
        CallSubject subject, ServiceEndpoint endpoint, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(options.AttemptTimeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        HttpResponseMessage? response = null;
        try
        {
            using var request = await requests
                .CreateAsync(subject.Operation, endpoint, body, WireFormat.Json, HttpVersion.Version20, linked.Token)
                .ConfigureAwait(false);
            response = await http.SendAsync(request, linked.Token).ConfigureAwait(false);
            if (!HttpResponses.IsSuccess(response))
            {
                throw await HttpResponses.ReadErrorAsync(response, subject, endpoint, linked.Token).ConfigureAwait(false);
            }

            var stream = await response.Content.ReadAsStreamAsync(linked.Token).ConfigureAwait(false);
            var opened = new StreamingResponse(response, stream, endpoint.Uri, endpoint.Region);
            response = null;
            return opened;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested || e is not OperationCanceledException)
        {
            var failure = new CallFailure(subject, endpoint.Uri, (int?)response?.StatusCode, null);
            var elapsed = timeout.IsCancellationRequested ? options.AttemptTimeout : (TimeSpan?)null;
            if (e is ServiceErrorException || failure.ToKinesisException(e, elapsed, options.ConnectTimeout) is not { } typed)
            {
                throw;
            }

            throw typed;
        }
        finally
        {
            response?.Dispose();
        }
    }
}
