using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Kcl.Integration.Tests.Servers;

/// <summary>
/// Forwards bytes between a client and a server. On request it cuts the connections, or stops forwarding without closing them.
/// </summary>
internal sealed class TcpForwarder : IAsyncDisposable
{
    private static readonly Task Open = Task.CompletedTask;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly HashSet<Socket> _sockets = [];
    private readonly List<Task> _pumps = [];
    private readonly DnsEndPoint _target;
    private readonly Task _accepting;
    private TaskCompletionSource? _silence;

    public TcpForwarder(Uri target)
    {
        _target = new(target.Host, target.Port);
        _listener.Start();
        Endpoint = new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}"));
        _accepting = AcceptAsync();
    }

    /// <summary>Gets the address at which it listens, for use in place of the server's address.</summary>
    public Uri Endpoint { get; }

    /// <summary>Resets all open connections. New ones are accepted.</summary>
    public void Cut()
    {
        lock (_sockets)
        {
            foreach (var socket in _sockets)
            {
                Break(socket);
            }

            _sockets.Clear();
        }
    }

    /// <summary>Stops forwarding in both directions. Connections stay open, and new ones are accepted.</summary>
    public void StopForwarding() => Volatile.Write(ref _silence, new(TaskCreationOptions.RunContinuationsAsynchronously));

    /// <summary>Forwards the bytes that were held back, and continues to forward.</summary>
    public void Resume() => Interlocked.Exchange(ref _silence, null)?.SetResult();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        Resume();
        Cut();
        await Task.WhenAll(_pumps);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptSocketAsync(_stop.Token);
                _pumps.Add(ServeAsync(client));
            }
        }
        catch (Exception exception) when (_stop.IsCancellationRequested
            && exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The forwarder was disposed.
        }
    }

    private async Task ServeAsync(Socket client)
    {
        var server = new Socket(SocketType.Stream, ProtocolType.Tcp);
        Keep(client);
        Keep(server);
        try
        {
            await server.ConnectAsync(_target, _stop.Token);
            client.NoDelay = server.NoDelay = true;
            await Task.WhenAny(PumpAsync(client, server), PumpAsync(server, client));
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The connection was cut before it was established.
        }

        // If one side has closed its connection, the other is closed too.
        lock (_sockets)
        {
            _ = _sockets.Remove(client);
            _ = _sockets.Remove(server);
        }

        Break(client);
        Break(server);
    }

    private void Keep(Socket socket)
    {
        lock (_sockets)
        {
            _ = _sockets.Add(socket);
        }
    }

    private async Task PumpAsync(Socket from, Socket to)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            int count;
            while ((count = await from.ReceiveAsync(buffer)) > 0)
            {
                await (Volatile.Read(ref _silence)?.Task ?? Open);
                for (var sent = 0; sent < count;)
                {
                    sent += await to.SendAsync(buffer.AsMemory(sent, count - sent));
                }
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The connection was cut, or one of the two sides has closed it.
        }
    }

    // With a reset, the other side detects the end immediately.
    private static void Break(Socket socket) => socket.Close(0);
}
