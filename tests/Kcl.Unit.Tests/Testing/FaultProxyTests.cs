using System.Net;
using System.Net.Sockets;
using System.Text;
using Kcl.Leases.DynamoDb;
using Kcl.Leasing;
using Kcl.Tests.Shared;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Kcl.Unit.Tests.Testing;

/// <summary>Tests the proxy between the real store and a server that counts the requests.</summary>
public class FaultProxyTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Throttled_calls_never_reach_the_server()
    {
        await using var server = await Server.StartAsync();
        await using var proxy = await StartAsync(server, new() { Throttled = 1 });
        using var store = Store(proxy);
        await Assert.ThrowsAsync<ThrottlingException>(async () => await store.GetAsync(new("s"), Token));
        Assert.Equal(0, server.Calls);
        Assert.Equal(1, proxy.Count("GetItem", FaultOutcome.Throttled));
    }

    [Fact]
    public async Task A_lost_reply_is_lost_after_the_server_acted()
    {
        await using var server = await Server.StartAsync();
        await using var proxy = await StartAsync(server, new() { RepliesLost = 1 });
        using var store = Store(proxy);
        await Assert.ThrowsAsync<DependencyException>(async () => await store.GetAsync(new("s"), Token));
        Assert.Equal(1, server.Calls);
        Assert.Equal(1, proxy.Count(null, FaultOutcome.ReplyLost));
    }

    [Fact]
    public async Task A_cut_off_call_breaks_at_once_and_other_actions_pass()
    {
        await using var server = await Server.StartAsync();
        await using var proxy = await StartAsync(server, new() { CutOff = true, Affects = static action => action == "UpdateItem" });
        using var store = Store(proxy);
        await Assert.ThrowsAsync<DependencyException>(async () => await store.TryWriteAsync(new("s"), LeaseWrite.Update(1, new()), Token));
        Assert.Null(await store.GetAsync(new("s"), Token));
        Assert.Equal(1, server.Calls);
        proxy.Faults = FaultPlan.None;
        Assert.Null(await store.GetAsync(new("s"), Token));
    }

    [Fact]
    public async Task A_delay_runs_on_the_clock_given()
    {
        await using var server = await Server.StartAsync();
        var time = new FakeTimeProvider();
        await using var proxy = await FaultProxy.StartAsync(server.Endpoint, time, new Random(1), Token);
        proxy.Faults = new() { ReplyDelay = TimeSpan.FromMinutes(20) };
        using var store = Store(proxy);
        var call = store.GetAsync(new("s"), Token).AsTask();
        await server.FirstCall;
        while (!call.IsCompleted)
        {
            time.Advance(TimeSpan.FromMinutes(1));
            await Task.WhenAny(call, Task.Delay(1, Token));
        }

        Assert.Null(await call);
        Assert.True(time.GetUtcNow() - time.Start >= TimeSpan.FromMinutes(20));
    }

    private static DynamoDbLeaseStore Store(FaultProxy proxy) =>
        new(
            new() { ApplicationName = "app", Endpoint = proxy.Endpoint, RequestTimeout = TimeSpan.FromSeconds(20) },
            NullLoggerFactory.Instance);

    private static async Task<FaultProxy> StartAsync(Server server, FaultPlan faults)
    {
        var proxy = await FaultProxy.StartAsync(server.Endpoint, TimeProvider.System, new Random(1), Token);
        proxy.Faults = faults;
        return proxy;
    }

    /// <summary>A minimal server, which answers every call with an empty object.</summary>
    private sealed class Server : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly TaskCompletionSource _firstCall = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private Task _serving = Task.CompletedTask;
        private int _calls;

        public Uri Endpoint => new($"http://{_listener.LocalEndpoint}");

        public int Calls => Volatile.Read(ref _calls);

        public Task FirstCall => _firstCall.Task;

        public static Task<Server> StartAsync()
        {
            var server = new Server();
            server._listener.Start();
            server._serving = server.AcceptAsync();
            return Task.FromResult(server);
        }

        public async ValueTask DisposeAsync()
        {
            _listener.Stop();
            await _serving;
        }

        private async Task AcceptAsync()
        {
            List<Task> connections = [];
            try
            {
                while (true)
                {
                    connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(Token)));
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
            {
                await Task.WhenAll(connections);
            }
        }

        private async Task ServeAsync(TcpClient connection)
        {
            using var _ = connection;
            await using var stream = connection.GetStream();
            using var reader = new StreamReader(stream, Encoding.ASCII);
            try
            {
                while (await reader.ReadLineAsync(Token) is { Length: > 0 })
                {
                    var length = 0;
                    while (await reader.ReadLineAsync(Token) is { Length: > 0 } header)
                    {
                        length = header.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase)
                            ? int.Parse(header[15..], System.Globalization.CultureInfo.InvariantCulture)
                            : length;
                    }

                    await reader.ReadBlockAsync(new char[length], Token);
                    Interlocked.Increment(ref _calls);
                    _firstCall.TrySetResult();
                    await stream.WriteAsync(
                        "HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.0\r\nContent-Length: 2\r\n\r\n{}"u8.ToArray(),
                        Token);
                }
            }
            catch (Exception e) when (e is IOException or OperationCanceledException)
            {
                // The proxy closed its connection.
            }
        }
    }
}
