using Kcl.Daemon.Children.Relay;
using Kcl.MultiLang.Protocol;

namespace Kcl.Unit.Tests.Daemon;

public sealed class CheckpointRequestTests
{
    [Theory]
    [InlineData(null, null, null)]
    [InlineData(null, 5L, null)]
    [InlineData("123", null, "123")]
    [InlineData("123", 4L, "123/4")]
    [InlineData("00123", null, "123")]
    [InlineData("000", null, "0")]
    [InlineData("SHARD_END", null, "SHARD_END")]
    public void Positions_are_resolved(string? number, long? sub, string? position) => Assert.Equal((position, null), Read(number, sub));

    [Theory]
    [InlineData("123", -1L)]
    [InlineData("-5", null)]
    [InlineData("1.5", null)]
    [InlineData("", null)]
    [InlineData("shard_end", null)]
    public void No_positions(string? number, long? sub) => Assert.NotNull(Read(number, sub).Problem);

    private static (string? Position, string? Problem) Read(string? number, long? sub)
    {
        var request = CheckpointRequest.From(new(ChildMessageKind.Checkpoint, null, number, sub));
        return (request.Position?.ToString(), request.Problem);
    }
}
