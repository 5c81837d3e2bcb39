namespace Kcl.Integration.Tests.Servers;

public class ServerTests(ServerPark park)
{
    [Theory]
    [InlineData(ServerKind.Embedded)]
    [InlineData(ServerKind.KinesisLocal)]
    [InlineData(ServerKind.Kinesalite)]
    public async Task It_starts(ServerKind kind) => Assert.Equal("127.0.0.1", (await park.EndpointAsync(kind)).Host);
}
