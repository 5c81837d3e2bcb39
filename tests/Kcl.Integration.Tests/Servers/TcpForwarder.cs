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

    /// <summary>Where it listens: to be used in place of the server's address.</summary>
    public Uri Endpoint { get; }

    /// <summary>Breaks every open connection in the middle of its traffic. New ones are accepted.</summary>
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

    /// <summary>Passes nothing on from now on, in neither direction. Connections stay open, and new ones are accepted.</summary>
    public void FallSilent() => Volatile.Write(ref _silence, new(TaskCreationOptions.RunContinuationsAsynchronously));

    /// <summary>Passes on what was held back, and everything after it.</summary>
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
            // It is over.
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
            // Cut before it was there.
        }

        // Either side is gone, and with it the other.
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
            // Cut, or one of the two has left.
        }
    }

    // With a reset: the other side learns at once that nothing more comes.
    private static void Break(Socket socket) => socket.Close(0);
}
