using System.Buffers;
using System.Security.Cryptography;
using Kcl.LocalKinesis.Errors;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Kcl.LocalKinesis.Http;

/// <summary>Handles HTTP requests: reads the envelope, calls the operation, and converts exceptions to error responses.</summary>
/// <param name="operations">The operations, by name.</param>
/// <param name="logger">The logger.</param>
internal sealed partial class RequestPipeline(
    IReadOnlyDictionary<string, Func<Exchange, ValueTask>> operations,
    ILogger<RequestPipeline> logger)
{
    /// <summary>The maximum size of a request's body in bytes: 10 MiB of records as base64, and the text around them.</summary>
    public const int MaxBodyBytes = 20 * 1024 * 1024;

    /// <summary>
    /// The maximum number of bytes read from a body that is too large. If the body is read to its end, the client receives the response.
    /// </summary>
    public const int MaxDrainedBytes = 64 * 1024 * 1024;

    private const string TargetPrefix = "Kinesis_20131202.";
    private const string Json = "application/x-amz-json-1.1";
    private const string Cbor = "application/x-amz-cbor-1.1";

    /// <summary>Handles one request.</summary>
    public async Task HandleAsync(HttpContext http)
    {
        var requestId = Guid.NewGuid().ToString();
        var contentType = http.Request.ContentType ?? "";
        var cbor = contentType.StartsWith(Cbor, StringComparison.OrdinalIgnoreCase);
        var headers = http.Response.Headers;
        headers["x-amzn-RequestId"] = requestId;
        headers["x-amz-id-2"] = CreateExtendedRequestId();
        headers.ContentType = cbor ? Cbor : Json;
        using var output = new PooledBuffer();
        try
        {
            await RunOperationAsync(http, cbor, contentType, output).ConfigureAwait(false);
        }
        catch (ServiceErrorException error) when (!http.Response.HasStarted)
        {
            LogRejected(logger, TargetOf(http), error.Type, error.Message);
            await WriteErrorAsync(http, cbor, output, error).ConfigureAwait(false);
        }
        catch (BadHttpRequestException fault) when (!http.Response.HasStarted)
        {
            LogRejected(logger, TargetOf(http), nameof(BadHttpRequestException), fault.Message);
            await WriteErrorAsync(http, cbor, output, ServiceErrors.BadRequest(fault.Message, fault.StatusCode)).ConfigureAwait(false);
        }
        catch (Exception fault) when (http.RequestAborted.IsCancellationRequested)
        {
            LogCanceled(logger, TargetOf(http), fault);
        }
#pragma warning disable CA1031 // Any other exception is a fault of this server, for which the service has an error type.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            LogFailed(logger, TargetOf(http), requestId, fault);
            if (http.Response.HasStarted)
            {
                http.Abort();
                return;
            }

            await WriteErrorAsync(http, cbor, output, ServiceErrors.InternalFailure(fault.Message)).ConfigureAwait(false);
        }
    }

    private async Task RunOperationAsync(HttpContext http, bool cbor, string contentType, PooledBuffer output)
    {
        var operation = FindOperation(http.Request);
        if (!cbor
            && !contentType.StartsWith(Json, StringComparison.OrdinalIgnoreCase)
            && !contentType.StartsWith("application/json", StringComparison.OrdinalIgnoreCase))
        {
            throw ServiceErrors.UnknownContentType(contentType, Json, Cbor);
        }

        using var body = await ReadBodyAsync(http.Request).ConfigureAwait(false);
        using var exchange = new Exchange(http, cbor, RequestParser.Parse(body.Written, cbor), output);
        await operation(exchange).ConfigureAwait(false);
        if (!exchange.IsResponseSent)
        {
            exchange.Flush();
            await SendAsync(http, output).ConfigureAwait(false);
        }
    }

    private Func<Exchange, ValueTask> FindOperation(HttpRequest request)
    {
        var target = TargetOf(request.HttpContext);
        if (HttpMethods.IsPost(request.Method)
            && target.StartsWith(TargetPrefix, StringComparison.Ordinal)
            && operations.TryGetValue(target[TargetPrefix.Length..], out var operation))
        {
            return operation;
        }

        throw target.Length == 0 ? ServiceErrors.NoOperation() : ServiceErrors.UnknownOperation(target);
    }

    private static string TargetOf(HttpContext http) => http.Request.Headers["X-Amz-Target"].ToString();

    private static async Task<PooledBuffer> ReadBodyAsync(HttpRequest request)
    {
        var body = new PooledBuffer((int)Math.Min(request.ContentLength ?? 4096, MaxBodyBytes) + 1);
        var tooLarge = false;
        try
        {
            while (true)
            {
                var result = await request.BodyReader.ReadAsync(request.HttpContext.RequestAborted).ConfigureAwait(false);
                tooLarge |= body.Length + result.Buffer.Length > MaxBodyBytes;
                foreach (var segment in tooLarge ? default : result.Buffer)
                {
                    body.Write(segment.Span);
                }

                request.BodyReader.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted)
                {
                    return tooLarge ? throw ServiceErrors.RequestTooLarge(MaxBodyBytes) : body;
                }
            }
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    private static async Task WriteErrorAsync(HttpContext http, bool cbor, PooledBuffer output, ServiceErrorException error)
    {
        output.Clear();
        http.Response.StatusCode = error.Status;
        using var response = ResponseWriter.Create(output, cbor);
        response.StartObject();
        response.WriteText("__type"u8, error.Type);

        // The service's front end, which detects these errors, writes the name of the member with a capital letter.
        response.WriteText(error.Type == ServiceErrors.SerializationType ? "Message"u8 : "message"u8, error.Message);
        response.EndObject();
        response.Flush();
        await SendAsync(http, output).ConfigureAwait(false);
    }

    private static async Task SendAsync(HttpContext http, PooledBuffer output)
    {
        http.Response.ContentLength = output.Length;
        await http.Response.BodyWriter.WriteAsync(output.Written, http.RequestAborted).ConfigureAwait(false);
    }

    private static string CreateExtendedRequestId()
    {
        Span<byte> bytes = stackalloc byte[72];
        RandomNumberGenerator.Fill(bytes[..24]);
        bytes[..24].CopyTo(bytes[24..]);
        bytes[..24].CopyTo(bytes[48..]);
        return Convert.ToBase64String(bytes);
    }

    [LoggerMessage(3001, LogLevel.Debug, "{Target} was rejected: {Type}: {Message}", EventName = "RequestRefused")]
    private static partial void LogRejected(ILogger logger, string target, string type, string message);

    [LoggerMessage(3002, LogLevel.Debug, "{Target} was canceled by its client", EventName = "RequestAbandoned")]
    private static partial void LogCanceled(ILogger logger, string target, Exception fault);

    [LoggerMessage(
        3003,
        LogLevel.Error,
        "{Target} failed (request {RequestId}); the response was InternalFailureException",
        EventName = "RequestFailed")]
    private static partial void LogFailed(ILogger logger, string target, string requestId, Exception fault);
}
