using System.Collections.Frozen;
using System.Net;
using Kcl.Internal;
using Kcl.Kinesis.Endpoints;
using Kcl.Kinesis.Formats;
using Microsoft.Extensions.Logging;

namespace Kcl.Kinesis.Transport;

/// <summary>Calls the service: signs and sends requests, reads responses, and retries calls if that can help.</summary>
internal sealed partial class KinesisTransport : IDisposable
{
    private readonly KinesisClientOptions _options;
    private readonly RetrySettings _retries;
    private readonly FrozenSet<KinesisOperation> _throttlingReported;
    private readonly HttpMessageInvoker _http;
    private readonly RequestSigner _signer;
    private readonly EndpointSource _endpoints;
    private readonly RetryBudget _budget = new();
    private readonly TimeProvider _time;
    private readonly Chance _chance;
    private readonly ILogger _logger;
    private readonly RequestFactory _requests;

    /// <summary>Creates a transport; it connects with its first call.</summary>
    public KinesisTransport(
        KinesisClientOptions options,
        HttpMessageHandler handler,
        EndpointSource endpoints,
        TimeProvider time,
        Chance chance,
        ILogger logger)
    {
        _options = options;
        _retries = new(options.MaxAttempts, options.RetryBaseDelay, options.RetryMaxDelay);
        _throttlingReported = options.ThrottlingReportedImmediately.ToFrozenSet();
        _http = new(handler, disposeHandler: true);
        _signer = new(new(options), time);
        _endpoints = endpoints;
        _time = time;
        _chance = chance;
        _logger = logger;
        _requests = new(_signer, UserAgent.Compose(options.UserAgentSuffix));
        Format = options.Encoding == KinesisEncoding.Json ? WireFormat.Json : WireFormat.Cbor;
        ServiceClock = new(time);
        Streams = new(options, _http, _requests, _signer, endpoints, time);
    }

    /// <summary>Gets the clock that estimates the time of the service from its responses.</summary>
    public ServiceClock ServiceClock { get; }

    /// <summary>Gets the format of requests.</summary>
    public WireFormat Format { get; }

    /// <summary>Gets the opener of streaming responses, which uses the same connections.</summary>
    public StreamOpener Streams { get; }

    /// <summary>Calls an operation.</summary>
    /// <param name="subject">The subject of the call.</param>
    /// <param name="body">The request.</param>
    /// <param name="decode">Decodes the response.</param>
    /// <param name="pooled">True if the buffer of the response is rented from the pool.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="KinesisException">The call failed.</exception>
    public async Task<T> CallAsync<T>(
        CallSubject subject, ReadOnlyMemory<byte> body, ResponseDecoder<T> decode, bool pooled, CancellationToken cancellationToken)
    {
        var started = _time.GetTimestamp();
        var endpoint = _endpoints.Resolve(subject.Stream?.Arn, ServicePlanes.Of(subject.Operation));
        var adjusted = false;
        for (var attempts = 1; ; attempts++)
        {
            var remaining = _options.OperationTimeout - _time.GetElapsedTime(started);
            KinesisException failure;
            try
            {
                var attempt = new Attempt(subject, endpoint, body, GetTimeout(remaining));
                var result = await TryCallAsync(attempt, decode, pooled, cancellationToken).ConfigureAwait(false);
                _budget.Earn();
                return result;
            }
            catch (ServiceErrorException e)
            {
                failure = e.Failure;
                if (!adjusted && _signer.TryAdjust(failure.ErrorType, e.Date))
                {
                    adjusted = true;
                    continue;
                }
            }
            catch (KinesisException e)
            {
                failure = e;
            }

            remaining = _options.OperationTimeout - _time.GetElapsedTime(started);
            var reported = _throttlingReported.Contains(subject.Operation);
            var pause = RetryPolicy.GetPause(_retries, failure.Code, reported, attempts, remaining, _chance.NextDouble());
            if (pause is null || !_budget.TryPay(failure.Code))
            {
                throw failure;
            }

            LogRetry(_logger, subject.Operation, attempts, failure.Code, pause.Value.TotalMilliseconds, failure.Message);
            await Task.Delay(pause.Value, _time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc />
    public void Dispose() => _http.Dispose();

    [LoggerMessage(
        2000,
        LogLevel.Debug,
        "{Operation}: attempt {Attempt} failed ({Code}), the next follows in {Pause:0} ms. {Failure}",
        EventName = "CallRetried")]
    private static partial void LogRetry(
        ILogger logger, KinesisOperation operation, int attempt, KinesisErrorCode code, double pause, string failure);

    private async Task<T> TryCallAsync<T>(Attempt attempt, ResponseDecoder<T> decode, bool pooled, CancellationToken cancellationToken)
    {
        var (subject, endpoint, body, timeout) = attempt;
        using var deadline = new CancellationTokenSource(timeout, _time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        int? status = null;
        string? requestId = null;
        try
        {
            using var request = await _requests
                .CreateAsync(subject.Operation, endpoint, body, Format, HttpVersion.Version11, linked.Token)
                .ConfigureAwait(false);
            using var response = await _http.SendAsync(request, linked.Token).ConfigureAwait(false);
            status = (int)response.StatusCode;
            requestId = HttpResponses.GetRequestId(response);
            ServiceClock.Observe(response);
            if (!HttpResponses.IsSuccess(response))
            {
                throw await HttpResponses.ReadErrorAsync(response, subject, endpoint, linked.Token).ConfigureAwait(false);
            }

            using var content = await ResponseBodyReader.ReadAsync(response.Content, pooled, linked.Token).ConfigureAwait(false);
            var mediaType = response.Content.Headers.ContentType?.MediaType;
            var format = WireFormats.Detect(content.Memory.Span, mediaType)
                ?? (content.Length == 0 ? Format : throw new FormatException($"its media type is {mediaType ?? "missing"}"));
            return decode(content, format);
        }
        catch (Exception e) when (e is not ServiceErrorException
            && (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested))
        {
            var failure = new CallFailure(subject, endpoint.Uri, status, requestId);
            if (failure.ToKinesisException(e, deadline.IsCancellationRequested ? timeout : null, _options.ConnectTimeout) is { } typed)
            {
                throw typed;
            }

            throw;
        }
    }

    private TimeSpan GetTimeout(TimeSpan remaining)
    {
        // A timer of less than a millisecond would expire before the attempt begins.
        return Durations.Min(Durations.Max(remaining, TimeSpan.FromMilliseconds(1)), _options.AttemptTimeout);
    }

    private readonly record struct Attempt(CallSubject Subject, ServiceEndpoint Endpoint, ReadOnlyMemory<byte> Body, TimeSpan Timeout);
}
