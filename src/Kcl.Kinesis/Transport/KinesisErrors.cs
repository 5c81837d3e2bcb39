using System.Text.Json;
using Kcl.Kinesis.Wire;

namespace Kcl.Kinesis.Transport;

/// <summary>What a call is about, for the message of its failure.</summary>
internal readonly record struct CallSubject(KinesisOperation Operation, StreamIdentifier? Stream, ShardId? Shard = null, string? Consumer = null)
{
    public override string ToString() => (Shard, Consumer, Stream) switch
    {
        ({ } shard, null, { } stream) => $"{Operation} of shard {shard} of stream {stream}",
        ({ } shard, { } consumer, _) => $"{Operation} of shard {shard} for consumer {consumer}",
        (null, { } consumer, _) => $"{Operation} of consumer {consumer}",
        (_, _, { } stream) => $"{Operation} of stream {stream}",
        _ => $"{Operation}",
    };
}

/// <summary>Makes typed errors of what came back.</summary>
internal static class KinesisErrors
{
    /// <summary>The kind of an error.</summary>
    /// <param name="type">The service's own name for it, if it gave one.</param>
    /// <param name="status">The HTTP status.</param>
    public static KinesisErrorCode Classify(string? type, int? status) => type switch
    {
        "ResourceNotFoundException" => KinesisErrorCode.ResourceNotFound,
        "ResourceInUseException" => KinesisErrorCode.ResourceInUse,
        "InvalidArgumentException" or "ValidationException" or "SerializationException" => KinesisErrorCode.InvalidArgument,
        "ExpiredIteratorException" => KinesisErrorCode.ExpiredIterator,
        "ExpiredNextTokenException" => KinesisErrorCode.ExpiredNextToken,
        "ProvisionedThroughputExceededException" or "ThrottlingException" or "KMSThrottlingException" or "Throttling" or "RequestThrottled" or "RequestThrottledException"
            or "TooManyRequestsException" or "RequestLimitExceeded" or "SlowDown" or "BandwidthLimitExceeded" => KinesisErrorCode.Throttled,
        "LimitExceededException" => KinesisErrorCode.LimitExceeded,
        "AccessDeniedException" or "AccessDenied" or "UnrecognizedClientException" or "ExpiredTokenException" or "ExpiredToken" or "MissingAuthenticationTokenException"
            or "MissingAuthenticationToken" or "IncompleteSignatureException" or "IncompleteSignature" or "InvalidSignatureException" or "InvalidClientTokenId" or "NotAuthorized"
            or "OptInRequired" or "RequestExpired" or "RequestTimeTooSkewed" or "SignatureDoesNotMatch" or "AuthFailure" => KinesisErrorCode.AccessDenied,
        "KMSDisabledException" or "KMSInvalidStateException" or "KMSAccessDeniedException" or "KMSNotFoundException" or "KMSOptInRequired" => KinesisErrorCode.Kms,
        "InternalFailureException" or "InternalFailure" or "InternalServerError" or "ServiceUnavailable" or "ServiceUnavailableException" or "RequestTimeout" or "RequestTimeoutException" => KinesisErrorCode.ServiceFailure,
        _ => status switch
        {
            429 => KinesisErrorCode.Throttled,
            401 or 403 => KinesisErrorCode.AccessDenied,
            408 or >= 500 => KinesisErrorCode.ServiceFailure,
            _ => KinesisErrorCode.Other,
        },
    };

    /// <summary>Makes the error of an answer that is one.</summary>
    /// <param name="subject">What was asked.</param>
    /// <param name="endpoint">Who was asked.</param>
    /// <param name="status">The HTTP status.</param>
    /// <param name="typeHeader">The header <c>x-amzn-ErrorType</c>.</param>
    /// <param name="requestId">The service's id of the request.</param>
    /// <param name="body">The body.</param>
    /// <param name="mediaType">The body's media type.</param>
    public static KinesisException FromAnswer(in CallSubject subject, Uri endpoint, int status, string? typeHeader, string? requestId, ReadOnlyMemory<byte> body, string? mediaType)
    {
        var (bodyType, said) = ReadBody(body, mediaType);
        var type = BareType(typeHeader) ?? BareType(bodyType);
        var code = Classify(type, status);
        return FromType(subject, endpoint, code, type, said, status, requestId);
    }

    /// <summary>Makes an error of what the service said.</summary>
    public static KinesisException FromType(in CallSubject subject, Uri endpoint, KinesisErrorCode code, string? type, string? said, int? status, string? requestId)
    {
        var what = (type, said) switch
        {
            ({ } t, { Length: > 0 } m) => $"{t}: {m.TrimEnd('.')}",
            ({ } t, _) => t,
            (_, { Length: > 0 } m) => m.TrimEnd('.'),
            _ => $"HTTP {status} without an explanation",
        };
        var id = requestId is null ? "" : $" (request {requestId})";
        return new(code, $"{subject} failed: {what}{id}.{Remedy(code, endpoint)}", type, status, requestId);
    }

    /// <summary>Makes the error of a call that got no answer.</summary>
    public static KinesisException NoAnswer(in CallSubject subject, Uri endpoint, string why, Exception? inner) =>
        new(KinesisErrorCode.Unreachable, $"{subject} got no answer from {endpoint}: {why.TrimEnd('.')}. Check the endpoint and the way to it.", innerException: inner);

    /// <summary>Makes the error of an answer that can't be understood.</summary>
    public static KinesisException Malformed(in CallSubject subject, Uri endpoint, string why, int? status, string? requestId, Exception? inner) =>
        new(KinesisErrorCode.MalformedResponse, $"{subject}: the answer of {endpoint} is not Kinesis' protocol: {why.TrimEnd('.')}. Check that the endpoint is Kinesis and that no proxy changes its answers.", statusCode: status, requestId: requestId, innerException: inner);

    /// <summary>The bare name within what a header or body says: without namespace before '#' and without what follows ':'.</summary>
    public static string? BareType(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        var bare = text.AsSpan();
        var end = bare.IndexOf(':');
        bare = end < 0 ? bare : bare[..end];
        bare = bare[(bare.LastIndexOf('#') + 1)..].Trim();
        return bare.Length == 0 ? null : bare.ToString();
    }

    /// <summary>What an error's body says, as far as it can be read: an error is not worth a second one.</summary>
    public static (string? Type, string? Message) ReadBody(ReadOnlyMemory<byte> body, string? mediaType)
    {
        (string? Type, string? Message) found = default;
        if (WireFormats.Recognise(body.Span, mediaType) is not { } format)
        {
            return found;
        }

        try
        {
            var reader = new WireReader(body, format);
            var map = reader.ReadMap();
            while (reader.NextMember(ref map, out var name))
            {
                if (name.SequenceEqual("__type"u8))
                {
                    found.Type = reader.ReadOptionalText();
                }
                else if (name.SequenceEqual("code"u8))
                {
                    found.Type ??= reader.ReadOptionalText();
                }
                else if (name.SequenceEqual("message"u8) || name.SequenceEqual("Message"u8))
                {
                    found.Message = reader.ReadOptionalText();
                }
                else
                {
                    reader.Skip();
                }
            }
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            // The status still tells what kind of error it is.
        }

        return found;
    }

    private static string Remedy(KinesisErrorCode code, Uri endpoint) => code switch
    {
        KinesisErrorCode.ResourceNotFound => $" Check the name, and that it exists in the account and region of {endpoint.Host}.",
        KinesisErrorCode.AccessDenied => " Check the credentials, the clock of this machine and the permissions of the role.",
        KinesisErrorCode.Kms => " Check the stream's encryption key and this role's permission to use it.",
        _ => "",
    };
}
