using System.Net;
using System.Net.Sockets;

namespace Kcl.Integration.Tests.Servers;

/// <summary>Ports for programs that cannot choose one themselves.</summary>
internal static class FreePort
{
    /// <summary>Returns a free port that the system will not assign again soon.</summary>
    public static int Next()
    {
        using var listener = new TcpListener(IPAddress.Any, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
