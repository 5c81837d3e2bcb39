using System.Buffers;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Kcl.LocalKinesis.Wire;

/// <summary>From an HTTP request to its answer: reads the envelope, calls the operation, turns refusals into the service's errors.</summary>
internal sealed partial class RequestPipeline(Operations operations, ILogger<RequestPipeline> logger)
{
    /// <summary>The most bytes of a request's body: 10 MiB of records as base64, and what surrounds them.</summary>
    public const int MostBytes = 20 * 1024 * 1024;

    /// <summary>How much of a larger one is read all the same, so that its sender gets to hear the answer.</summary>
    public const int MostBytesDrained = 64 * 1024 * 1024;

    private const string TargetPrefix = "Kinesis_20131202.";
    private const string Json = "application/x-amz-json-1.1";
    private const string Cbor = "application/x-amz-cbor-1.1";

    /// <summary>Answers one request.</summary>
    public async Task HandleAsync(HttpContext http)
    {
        var requestId = Guid.NewGuid().ToString();
        var contentType = http.Request.ContentType ?? "";
        var cbor = contentType.StartsWith(Cbor, StringComparison.OrdinalIgnoreCase);
        var headers = http.Response.Headers;
        headers["x-amzn-RequestId"] = requestId;
        headers["x-amz-id-2"] = ExtendedRequestId();
        headers.ContentType = cbor ? Cbor : Json;
        using var output = new PooledBuffer();
        try
        {
            await AnswerAsync(http, cbor, contentType, output).ConfigureAwait(false);
        }
        catch (ServiceException refusal) when (!http.Response.HasStarted)
        {
            Refused(logger, http.Request.Headers["X-Amz-Target"].ToString(), refusal.Type, refusal.Message);
            await WriteErrorAsync(http, cbor, output, refusal.Type, refusal.Message, refusal.Status).ConfigureAwait(false);
        }
        catch (BadHttpRequestException fault) when (!http.Response.HasStarted)
        {
            Refused(logger, http.Request.Headers["X-Amz-Target"].ToString(), nameof(BadHttpRequestException), fault.Message);
            await WriteErrorAsync(http, cbor, output, "SerializationException", fault.Message, fault.StatusCode).ConfigureAwait(false);
        }
        catch (Exception fault) when (http.RequestAborted.IsCancellationRequested)
        {
            Abandoned(logger, http.Request.Headers["X-Amz-Target"].ToString(), fault);
        }
#pragma warning disable CA1031 // Whatever went wrong here is this server's fault, and the service has a word for that.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            Failed(logger, http.Request.Headers["X-Amz-Target"].ToString(), requestId, fault);
            if (http.Response.HasStarted)
            {
                http.Abort();
                return;
            }

            await WriteErrorAsync(http, cbor, output, "InternalFailureException", $"The embedded server failed: {fault.Message}", StatusCodes.Status500InternalServerError).ConfigureAwait(false);
        }
    }

    private async Task AnswerAsync(HttpContext http, bool cbor, string contentType, PooledBuffer output)
    {
        var target = http.Request.Headers["X-Amz-Target"].ToString();
        if (!HttpMethods.IsPost(http.Request.Method) || !target.StartsWith(TargetPrefix, StringComparison.Ordinal) || !operations.TryGet(target[TargetPrefix.Length..], out var operation))
        {
            throw ServiceException.UnknownOperation(target.Length == 0
                ? "This is an embedded Kinesis server: it answers POST requests with an X-Amz-Target header, as a Kinesis client sends them."
                : $"The operation {target} is unknown to this server.");
        }

        if (!cbor && !contentType.StartsWith(Json, StringComparison.OrdinalIgnoreCase) && !contentType.StartsWith("application/json", StringComparison.OrdinalIgnoreCase))
        {
            throw ServiceException.UnknownOperation($"The content type '{contentType}' is neither {Json} nor {Cbor}.");
        }

        using var body = await ReadAsync(http.Request).ConfigureAwait(false);
        using var exchange = new Exchange(http, cbor, RequestParser.Parse(body.Written, cbor), output);
        await operation(exchange).ConfigureAwait(false);
        if (!exchange.Answered)
        {
            exchange.Flush();
            await FinishAsync(http, output).ConfigureAwait(false);
        }
    }

    private static async Task<PooledBuffer> ReadAsync(HttpRequest request)
    {
        var body = new PooledBuffer((int)Math.Min(request.ContentLength ?? 4096, MostBytes) + 1);
        var tooLarge = false;
        try
        {
            while (true)
            {
                var result = await request.BodyReader.ReadAsync(request.HttpContext.RequestAborted).ConfigureAwait(false);
                tooLarge |= body.Length + result.Buffer.Length > MostBytes;
                foreach (var segment in tooLarge ? default : result.Buffer)
                {
                    body.Write(segment.Span);
                }

                request.BodyReader.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted)
                {
                    return tooLarge ? throw TooLarge() : body;
                }
            }
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    private static ServiceException TooLarge() => new("RequestEntityTooLargeException", $"The request is larger than {MostBytes / 1024 / 1024} MiB.", StatusCodes.Status413PayloadTooLarge);

    private static async Task WriteErrorAsync(HttpContext http, bool cbor, PooledBuffer output, string type, string message, int status)
    {
        output.Clear();
        http.Response.StatusCode = status;
        using var json = ResponseWriter.Create(output, cbor);
        json.StartObject();
        json.Text("__type"u8, type);

        // The service's front end, which finds these faults, writes the word with a capital.
        json.Text(type == "SerializationException" ? "Message"u8 : "message"u8, message);
        json.EndObject();
        json.Flush();
        await FinishAsync(http, output).ConfigureAwait(false);
    }

    private static async Task FinishAsync(HttpContext http, PooledBuffer output)
    {
        http.Response.ContentLength = output.Length;
        await http.Response.BodyWriter.WriteAsync(output.Written, http.RequestAborted).ConfigureAwait(false);
    }

    private static string ExtendedRequestId()
    {
        Span<byte> bytes = stackalloc byte[72];
        RandomNumberGenerator.Fill(bytes[..24]);
        bytes[..24].CopyTo(bytes[24..]);
        bytes[..24].CopyTo(bytes[48..]);
        return Convert.ToBase64String(bytes);
    }

    [LoggerMessage(3001, LogLevel.Debug, "{Target} refused: {Type}: {Message}", EventName = "RequestRefused")]
    private static partial void Refused(ILogger logger, string target, string type, string message);

    [LoggerMessage(3002, LogLevel.Debug, "{Target} abandoned by its client", EventName = "RequestAbandoned")]
    private static partial void Abandoned(ILogger logger, string target, Exception fault);

    [LoggerMessage(3003, LogLevel.Error, "{Target} failed (request {RequestId}); the client was answered with InternalFailureException", EventName = "RequestFailed")]
    private static partial void Failed(ILogger logger, string target, string requestId, Exception fault);
}
