using System.Text.Json;

namespace Kcl.Kinesis.Transport;

/// <summary>The facts about an attempt at the time it fails.</summary>
/// <param name="Subject">The subject of the call.</param>
/// <param name="Endpoint">The endpoint of the call.</param>
/// <param name="Status">The HTTP status; null if none was received.</param>
/// <param name="RequestId">The service's id of the request; null if none was received.</param>
internal readonly record struct CallFailure(CallSubject Subject, Uri Endpoint, int? Status, string? RequestId)
{
    /// <summary>Converts an exception of an attempt into a typed error.</summary>
    /// <param name="exception">The exception.</param>
    /// <param name="timeout">The timeout that expired; null if none expired.</param>
    /// <param name="connectTimeout">The timeout for establishing a connection.</param>
    /// <returns>The error; null if the exception is not a service failure, for example the caller's cancellation.</returns>
    public KinesisException? ToKinesisException(Exception exception, TimeSpan? timeout, TimeSpan connectTimeout) => exception switch
    {
        OperationCanceledException when timeout is { } time =>
            KinesisErrors.NoResponse(Subject, Endpoint, $"none came within {time.TotalSeconds:0.#} s", exception),

        // The HTTP handler canceled the attempt, because its timeout for establishing a connection expired.
        OperationCanceledException =>
            KinesisErrors.NoResponse(Subject, Endpoint, $"no connection within {connectTimeout.TotalSeconds:0.#} s", exception),
        HttpRequestException or IOException =>
            KinesisErrors.NoResponse(Subject, Endpoint, exception.InnerException?.Message ?? exception.Message, exception),
        FormatException or JsonException or InvalidDataException =>
            KinesisErrors.Malformed(Subject, Endpoint, exception.Message, Status, RequestId, exception),
        CredentialsMissingException => new(
            KinesisErrorCode.AccessDenied,
            $"{Subject} was not sent: no AWS credentials found ({exception.Message.TrimEnd('.')}). "
                + "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile or a role.",
            innerException: exception),
        _ => null,
    };
}
