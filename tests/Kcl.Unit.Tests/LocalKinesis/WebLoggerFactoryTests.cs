using Kcl.LocalKinesis.Connections;
using Kcl.Unit.Tests.Consuming;
using Microsoft.Extensions.Logging;

namespace Kcl.Unit.Tests.LocalKinesis;

public sealed class WebLoggerFactoryTests
{
    [Fact]
    public void The_host_of_the_web_server_logs_nothing_and_everything_else_is_logged()
    {
        using var log = new LogCollector();
        using var factory = new WebLoggerFactory(log);

        factory.CreateLogger("Microsoft.Extensions.Hosting.Internal.Host").LogError("Hosting failed to start");
        factory.CreateLogger("Microsoft.AspNetCore.Server.Kestrel").LogWarning("something else");

        Assert.Equal("something else", Assert.Single(log.Entries).Message);
    }
}
