using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Kcl.Tests.Shared;

/// <summary>
/// An HTTP proxy in front of DynamoDB (or Kinesis in JSON). It throttles or delays calls, loses responses, or closes connections, as the
/// plan says, and counts the calls.
/// </summary>
/// <remarks>
/// The server must not check signatures, because requests are signed for the address of the proxy. <see cref="Faults"/> may be
/// replaced at any time. Delays use the given clock.
/// </remarks>
public sealed class FaultProxy : IAsyncDisposable
{
    private static readonly HashSet<string> HopByHop = new(
        StringComparer.OrdinalIgnoreCase) { "Connection", "Host", "Transfer-Encoding", "Keep-Alive", "Content-Length", "Expect" };

    private readonly HttpClient _client = new(
        new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly ConcurrentDictionary<(string Action, FaultOutcome Outcome), long> _counts = new();
    private readonly Lock _randomLock = new();
    private readonly Uri _target;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private WebApplication? _server;
    private volatile FaultPlan _faults = FaultPlan.None;

    private FaultProxy(Uri target, TimeProvider time, Random random) => (_target, _time, _random) = (target, time, random);

    /// <summary>Gets or sets the faults of new calls. Calls in progress are not affected.</summary>
    public FaultPlan Faults
    {
        get => _faults;
        set => _faults = value;
    }

    /// <summary>Gets the address of the proxy, which is used in place of that of the server.</summary>
    public Uri Endpoint { get; private set; } = null!;

    /// <summary>Starts a proxy on a free port.</summary>
    /// <param name="target">The server's address.</param>
    /// <param name="time">The clock of the delays.</param>
    /// <param name="random">Selects the calls that have faults; used under a lock.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    public static async Task<FaultProxy> StartAsync(Uri target, TimeProvider time, Random random, CancellationToken cancellationToken)
    {
        var proxy = new FaultProxy(target, time, random);
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Services.AddLogging(static logging => logging.ClearProviders());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(static kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0);
            kestrel.Limits.MaxRequestBodySize = null;
            // The proxy may delay calls for minutes.
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
        });
        proxy._server = builder.Build();
        proxy._server.Run(proxy.HandleAsync);
        await proxy._server.StartAsync(cancellationToken).ConfigureAwait(false);
        var addresses = proxy._server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        proxy.Endpoint = new(addresses.Single());
        return proxy;
    }

    /// <summary>Returns the number of calls of an action with an outcome.</summary>
    /// <param name="action">The action, for example <c>UpdateItem</c>; null for all.</param>
    /// <param name="outcome">The outcome; null for all.</param>
    public long Count(string? action = null, FaultOutcome? outcome = null) =>
        _counts.Where(
            c => (action is null || c.Key.Action == action) && (outcome is null || c.Key.Outcome == outcome)).Sum(static c => c.Value);

    /// <summary>Stops listening, and closes the connections of calls in progress.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            using var atOnce = new CancellationTokenSource();
            await atOnce.CancelAsync().ConfigureAwait(false);
            await _server.StopAsync(atOnce.Token).ConfigureAwait(false);
            await _server.DisposeAsync().ConfigureAwait(false);
        }

        _client.Dispose();
    }

    private async Task HandleAsync(HttpContext context)
    {
        var action = ActionOf(context.Request);
        FaultDecision decision;
        lock (_randomLock)
        {
            decision = _faults.Decide(action, _random);
        }

        if (decision.CutOff)
        {
            Count(action, FaultOutcome.CutOff);
            context.Abort();
            return;
        }

        try
        {
            if (decision.Delay != TimeSpan.Zero)
            {
                await Task.Delay(decision.Delay, _time, context.RequestAborted).ConfigureAwait(false);
            }

            if (decision.Throttle)
            {
                Count(action, FaultOutcome.Throttled);
                await ThrottleAsync(context).ConfigureAwait(false);
                return;
            }

            using var reply = await ForwardAsync(context).ConfigureAwait(false);
            var body = await reply.Content.ReadAsByteArrayAsync(context.RequestAborted).ConfigureAwait(false);
            if (decision.ReplyDelay != TimeSpan.Zero)
            {
                await Task.Delay(decision.ReplyDelay, _time, context.RequestAborted).ConfigureAwait(false);
            }

            if (decision.LoseReply)
            {
                Count(action, FaultOutcome.ReplyLost);
                context.Abort();
                return;
            }

            Count(action, reply.IsSuccessStatusCode ? FaultOutcome.Passed : FaultOutcome.Refused);
            context.Response.StatusCode = (int)reply.StatusCode;
            foreach (var header in reply.Headers.Concat(reply.Content.Headers).Where(static h => !HopByHop.Contains(h.Key)))
            {
                context.Response.Headers[header.Key] = header.Value.ToArray();
            }

            context.Response.ContentLength = body.Length;
            await context.Response.Body.WriteAsync(body, context.RequestAborted).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            Count(action, FaultOutcome.CallerGaveUp);
        }
        catch (HttpRequestException)
        {
            Count(action, FaultOutcome.CutOff);
            context.Abort();
        }
    }

    private static string ActionOf(HttpRequest request) =>
        request.Headers.TryGetValue("X-Amz-Target", out var target)
            && target.ToString() is var text
            && text.LastIndexOf('.') is var dot and > 0 ? text[(dot + 1)..] : "";

    private async Task<HttpResponseMessage> ForwardAsync(HttpContext context)
    {
        // The whole request is read first, so that a response is lost only after the server has received the whole call.
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted).ConfigureAwait(false);
        using var request = new HttpRequestMessage(
            new(context.Request.Method),
            new Uri(_target, context.Request.Path + context.Request.QueryString))
        {
            Content = new ByteArrayContent(body.ToArray()),
        };
        foreach (var header in context.Request.Headers.Where(static h => !HopByHop.Contains(h.Key)))
        {
            if (!request.Headers.TryAddWithoutValidation(header.Key, [.. header.Value]))
            {
                request.Content.Headers.TryAddWithoutValidation(header.Key, [.. header.Value]);
            }
        }

        return await _client.SendAsync(request, context.RequestAborted).ConfigureAwait(false);
    }

    private static async Task ThrottleAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        context.Response.ContentType = "application/x-amz-json-1.0";
        await context.Response.WriteAsync(
            """{"__type":"com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException","message":"Throttled by the proxy"}""",
            context.RequestAborted).ConfigureAwait(false);
    }

    private void Count(string action, FaultOutcome outcome) => _counts.AddOrUpdate((action, outcome), 1, static (_, n) => n + 1);
}
