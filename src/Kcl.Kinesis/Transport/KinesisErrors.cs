using System.Text.Json;
using Kcl.Kinesis.Formats;

namespace Kcl.Kinesis.Transport;

/// <summary>Creates the typed errors of calls.</summary>
internal static class KinesisErrors
{
    /// <summary>Creates the error for an error of the service.</summary>
    /// <param name="subject">The subject of the call.</param>
    /// <param name="region">The region of the call.</param>
    /// <param name="error">The service's error.</param>
    public static KinesisException FromService(in CallSubject subject, string region, ServiceError error)
    {
        var explanation = (error.Type, error.Message) switch
        {
            ({ } type, { Length: > 0 } message) => $"{type}: {message.TrimEnd('.')}",
            ({ } type, _) => type,
            (_, { Length: > 0 } message) => message.TrimEnd('.'),
            _ => $"HTTP {error.Status} without an explanation",
        };
        var code = KinesisErrorCodes.Classify(error.Type, error.Status);
        var request = error.RequestId is null ? "" : $" (request {error.RequestId})";
        var place = code == KinesisErrorCode.ResourceNotFound ? $" in region {region}" : "";
        var problem = $"{subject}{place} failed: {explanation}{request}.";
        return new(code, problem + KinesisErrorCodes.GetRemedy(code))
        {
            ErrorType = error.Type,
            StatusCode = error.Status,
            RequestId = error.RequestId,
            Problem = problem,
        };
    }

    /// <summary>Creates the error for a call without a response.</summary>
    public static KinesisException NoResponse(in CallSubject subject, Uri endpoint, string why, Exception? inner) => new(
        KinesisErrorCode.Unreachable,
        $"{subject} got no response from {endpoint}: {why.TrimEnd('.')}. Check the endpoint and the network.",
        inner);

    /// <summary>Creates the error for a response that does not comply with the protocol of the service.</summary>
    public static KinesisException Malformed(
        in CallSubject subject, Uri endpoint, string why, int? status, string? requestId, Exception? inner) =>
        new(
            KinesisErrorCode.MalformedResponse,
            $"{subject}: the response of {endpoint} is not a response of Kinesis: {why.TrimEnd('.')}. "
                + "Check that the endpoint is Kinesis and that no proxy changes its responses.",
            inner)
        {
            StatusCode = status,
            RequestId = requestId,
        };

    /// <summary>Returns the bare name of an error type: without the namespace before '#' and without the text after ':'.</summary>
    public static string? GetBareType(string? text)
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

    /// <summary>Reads the body of an error, as far as possible: a malformed body must not hide the error.</summary>
    public static (string? Type, string? Message) ReadBody(ReadOnlyMemory<byte> body, string? mediaType)
    {
        (string? Type, string? Message) found = default;
        if (WireFormats.Detect(body.Span, mediaType) is not { } format)
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
            // The status still determines the kind of error.
        }

        return found;
    }
}
