using System.Collections.Frozen;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
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
    private readonly MediaTypeHeaderValue _contentType;
    private readonly string _userAgent;

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
        _contentType = new(Format == WireFormat.Json ? WireFormats.JsonContentType : WireFormats.CborContentType);
        _userAgent = UserAgent.Compose(options.UserAgentSuffix);
    }

    /// <summary>How requests are to be written.</summary>
    public WireFormat Format { get; }

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
            catch (RefusedException e)
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
            using var request = await PrepareAsync(subject.Operation, endpoint, body, either.Token).ConfigureAwait(false);
            using var response = await _http.SendAsync(request, either.Token).ConfigureAwait(false);
            status = (int)response.StatusCode;
            requestId = Header(response.Headers, "x-amzn-RequestId");
            var refused = response.StatusCode != HttpStatusCode.OK;
            using var answer = await ResponseBody.ReadAsync(response.Content, pooled && !refused, either.Token).ConfigureAwait(false);
            var mediaType = response.Content.Headers.ContentType?.MediaType;
            if (refused)
            {
                throw new RefusedException(
                    KinesisErrors.FromAnswer(subject, endpoint.Uri, status.Value, Header(response.Headers, "x-amzn-ErrorType"), requestId, answer.Memory, mediaType), response.Headers.Date);
            }

            var format = WireFormats.Recognise(answer.Memory.Span, mediaType)
                ?? (answer.Length == 0 ? Format : throw new FormatException($"its media type is {mediaType ?? "missing"}"));
            return read(answer, format);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested && late.IsCancellationRequested)
        {
            throw KinesisErrors.NoAnswer(subject, endpoint.Uri, $"none came within {timeout.TotalSeconds:0.#} s", e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            // The handler gave up by itself: its time for connecting was over.
            throw KinesisErrors.NoAnswer(subject, endpoint.Uri, $"no connection within {_options.ConnectTimeout.TotalSeconds:0.#} s", e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw KinesisErrors.NoAnswer(subject, endpoint.Uri, e.InnerException is null ? e.Message : e.InnerException.Message, e);
        }
        catch (Exception e) when (e is FormatException or JsonException or InvalidDataException)
        {
            throw KinesisErrors.Malformed(subject, endpoint.Uri, e.Message, status, requestId, e);
        }
        catch (CredentialsMissingException e)
        {
            throw new KinesisException(
                KinesisErrorCode.AccessDenied, $"{subject} was not sent: no AWS credentials were found ({e.Message.TrimEnd('.')}). Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile or a role.", innerException: e);
        }
    }

    private async ValueTask<HttpRequestMessage> PrepareAsync(KinesisOperation operation, ServiceEndpoint endpoint, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        var target = OperationInfo.Target(operation);
        var content = new ReadOnlyMemoryContent(body);
        content.Headers.ContentType = _contentType;
        var request = new HttpRequestMessage(HttpMethod.Post, endpoint.Uri) { Content = content, Version = HttpVersion.Version11 };
        request.Headers.TryAddWithoutValidation("X-Amz-Target", target);
        request.Headers.TryAddWithoutValidation("User-Agent", _userAgent);
        await _signer.SignAsync(request, endpoint.Uri, endpoint.Region, _contentType.MediaType!, target, body, cancellationToken).ConfigureAwait(false);
        return request;
    }

    private static string? Header(HttpResponseHeaders headers, string name) => headers.NonValidated.TryGetValues(name, out var values) ? values.ToString() : null;

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? (one > TimeSpan.Zero ? one : TimeSpan.FromMilliseconds(1)) : other;

    [LoggerMessage(2000, LogLevel.Debug, "{Operation}: attempt {Attempt} failed ({Code}), the next follows in {Pause:0} ms. {Failure}", EventName = "CallRetried")]
    private static partial void LogRetry(ILogger logger, KinesisOperation operation, int attempt, KinesisErrorCode code, double pause, string failure);

    /// <summary>The service said no; with its own time, which may be the reason.</summary>
    private sealed class RefusedException(KinesisException failure, DateTimeOffset? date) : Exception(failure.Message, failure)
    {
        public KinesisException Failure => failure;

        public DateTimeOffset? Date => date;
    }
}
