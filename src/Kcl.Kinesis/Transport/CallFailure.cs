using System.Text.Json;

namespace Kcl.Kinesis.Transport;

/// <summary>What is known of an attempt when it fails.</summary>
/// <param name="Subject">What was asked.</param>
/// <param name="Endpoint">Who was asked.</param>
/// <param name="Status">The HTTP status, once there is one.</param>
/// <param name="RequestId">The service's id of the request, once there is one.</param>
internal readonly record struct CallFailure(CallSubject Subject, Uri Endpoint, int? Status, string? RequestId)
{
    /// <summary>Makes a typed error of what went wrong on the way.</summary>
    /// <param name="exception">What went wrong.</param>
    /// <param name="timeout">The time that was over, if it was.</param>
    /// <param name="connectTimeout">The time connecting has.</param>
    /// <returns>Null where it is none of ours: the caller's own cancellation, or a bug.</returns>
    public KinesisException? Understand(Exception exception, TimeSpan? timeout, TimeSpan connectTimeout) => exception switch
    {
        OperationCanceledException when timeout is { } time => KinesisErrors.NoAnswer(Subject, Endpoint, $"none came within {time.TotalSeconds:0.#} s", exception),

        // The handler gave up by itself: its time for connecting was over.
        OperationCanceledException => KinesisErrors.NoAnswer(Subject, Endpoint, $"no connection within {connectTimeout.TotalSeconds:0.#} s", exception),
        HttpRequestException http when Subject.Operation == KinesisOperation.SubscribeToShard && SpeaksNoHttp2(http) =>
            new(KinesisErrorCode.Unreachable, $"{Subject} needs HTTP/2, which {Endpoint} does not speak. Use polling, or an endpoint or proxy that speaks it.", innerException: exception),
        HttpRequestException or IOException => KinesisErrors.NoAnswer(Subject, Endpoint, exception.InnerException?.Message ?? exception.Message, exception),
        FormatException or JsonException or InvalidDataException => KinesisErrors.Malformed(Subject, Endpoint, exception.Message, Status, RequestId, exception),
        CredentialsMissingException => new(
            KinesisErrorCode.AccessDenied,
            $"{Subject} was not sent: there are no AWS credentials ({exception.Message.TrimEnd('.')}). Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile or a role.",
            innerException: exception),
        _ => null,
    };

    // A server that only knows HTTP/1.1 answers the preface with text, which is a protocol error of HTTP/2.
    private static bool SpeaksNoHttp2(HttpRequestException exception) =>
        exception.HttpRequestError == HttpRequestError.VersionNegotiationError || exception.InnerException is HttpProtocolException { ErrorCode: 1 };
}

/// <summary>The service said no; with its own time, which may be the reason.</summary>
internal sealed class ServiceErrorException(KinesisException failure, DateTimeOffset? date) : Exception(failure.Message, failure)
{
    /// <summary>What it said.</summary>
    public KinesisException Failure => failure;

    /// <summary>Its time.</summary>
    public DateTimeOffset? Date => date;
}
