using System.Collections.Frozen;
using System.Net;
using Kcl.Kinesis.FanOut;
using Kcl.Kinesis.Wire;
using Microsoft.Extensions.Logging;

namespace Kcl.Kinesis.Transport;

/// <summary>Makes an answer of a body, whose buffer it may take over.</summary>
internal delegate T AnswerReader<out T>(ResponseBody body, WireFormat format);

/// <summary>One call of the service: signed, sent, timed, read, tried again where that can help.</summary>
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
    private readonly Random _random;
    private readonly ILogger _logger;
    private readonly RequestFactory _requests;

    /// <summary>Prepares calls; nothing is connected yet.</summary>
    public KinesisTransport(KinesisClientOptions options, HttpMessageHandler handler, EndpointSource endpoints, TimeProvider time, Random random, ILogger logger)
    {
        _options = options;
        _retries = new(options.MaxAttempts, options.RetryBaseDelay, options.RetryMaxDelay);
        _throttlingReported = options.ThrottlingReportedAtOnce.ToFrozenSet();
        _http = new(handler, disposeHandler: true);
        _signer = new(new(options), time);
        _endpoints = endpoints;
        _time = time;
        _random = random;
        _logger = logger;
        Format = options.Encoding == KinesisEncoding.Json ? WireFormat.Json : WireFormat.Cbor;
        _requests = new(_signer, UserAgent.Compose(options.UserAgentSuffix));
        ServiceClock = new(time);
        Subscriptions = new(options, _http, _requests, _signer, endpoints, time);
    }

    /// <summary>The service's time, as its answers tell it.</summary>
    public ServiceClock ServiceClock { get; }

    /// <summary>How requests are to be written.</summary>
    public WireFormat Format { get; }

    /// <summary>Opens subscriptions over the same connections.</summary>
    public SubscriptionOpener Subscriptions { get; }

    /// <summary>Makes a call.</summary>
    /// <param name="subject">What it is about.</param>
    /// <param name="body">The request.</param>
    /// <param name="read">Makes the answer of the response's body.</param>
    /// <param name="pooled">Whether the response's buffer is rented.</param>
    /// <param name="cancellationToken">Abandons the call.</param>
    /// <exception cref="KinesisException">It failed.</exception>
    public async Task<T> CallAsync<T>(CallSubject subject, ReadOnlyMemory<byte> body, AnswerReader<T> read, bool pooled, CancellationToken cancellationToken)
    {
        var started = _time.GetTimestamp();
        var endpoint = _endpoints.Resolve(subject.Stream?.Arn, OperationInfo.Plane(subject.Operation));
        var learned = false;
        for (var attempts = 1; ; attempts++)
        {
            var remaining = _options.OperationTimeout - _time.GetElapsedTime(started);
            KinesisException failure;
            try
            {
                var answer = await TryAsync(subject, endpoint, body, read, pooled, Shorter(remaining, _options.AttemptTimeout), cancellationToken).ConfigureAwait(false);
                _budget.Earn();
                return answer;
            }
            catch (ServiceErrorException e)
            {
                failure = e.Failure;
                if (!learned && _signer.Learn(failure.ErrorType, e.Date))
                {
                    learned = true;
                    continue;
                }
            }
            catch (KinesisException e)
            {
                failure = e;
            }

            remaining = _options.OperationTimeout - _time.GetElapsedTime(started);
            double draw;
            lock (_random)
            {
                draw = _random.NextDouble();
            }

            var pause = RetryPolicy.Next(_retries, failure.Code, _throttlingReported.Contains(subject.Operation), attempts, remaining, draw);
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

    private async Task<T> TryAsync<T>(CallSubject subject, ServiceEndpoint endpoint, ReadOnlyMemory<byte> body, AnswerReader<T> read, bool pooled, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        int? status = null;
        string? requestId = null;
        try
        {
            using var request = await _requests.MakeAsync(subject.Operation, endpoint, body, Format, HttpVersion.Version11, either.Token).ConfigureAwait(false);
            using var response = await _http.SendAsync(request, either.Token).ConfigureAwait(false);
            status = (int)response.StatusCode;
            requestId = Answers.RequestId(response);
            ServiceClock.Observe(response);
            if (!Answers.IsSuccess(response))
            {
                throw await Answers.RefusalAsync(response, subject, endpoint.Uri, either.Token).ConfigureAwait(false);
            }

            using var answer = await ResponseBody.ReadAsync(response.Content, pooled, either.Token).ConfigureAwait(false);
            var mediaType = response.Content.Headers.ContentType?.MediaType;
            var format = WireFormats.Recognise(answer.Memory.Span, mediaType)
                ?? (answer.Length == 0 ? Format : throw new FormatException($"its media type is {mediaType ?? "missing"}"));
            return read(answer, format);
        }
        catch (Exception e) when (e is not ServiceErrorException && (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested))
        {
            var known = new CallFailure(subject, endpoint.Uri, status, requestId);
            if (known.Understand(e, late.IsCancellationRequested ? timeout : null, _options.ConnectTimeout) is { } failure)
            {
                throw failure;
            }

            throw;
        }
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? (one > TimeSpan.Zero ? one : TimeSpan.FromMilliseconds(1)) : other;

    [LoggerMessage(2000, LogLevel.Debug, "{Operation}: attempt {Attempt} failed ({Code}), the next follows in {Pause:0} ms. {Failure}", EventName = "CallRetried")]
    private static partial void LogRetry(ILogger logger, KinesisOperation operation, int attempt, KinesisErrorCode code, double pause, string failure);
}
