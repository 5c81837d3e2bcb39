using Kcl.Retrieval;
using Kcl.Streams;
using Kcl.Unit.Tests.Consuming;

namespace Kcl.Unit.Tests.Retrieval;

public sealed class RecordSourceFactoryTests
{
    public static TheoryData<RetrievalMode> Modes => [.. Enum.GetValues<RetrievalMode>()];

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task Every_mode_has_a_reader(RetrievalMode mode)
    {
        var shard = new ShardHarness();
        var fanOut = new FakeFanOut(shard.Clock);
        shard.Stream.FanOut = fanOut;
        shard.Options.ApplicationName = "app";
        shard.Options.Stream.Identifier = FakeFanOut.Stream;
        shard.Options.RetrievalMode = mode;
        using var factory = ConsumerSettings.CreateRecordSources(shard.Options, shard.Services, shard.Budget);
        var cancellation = TestContext.Current.CancellationToken;
        await factory.PrepareAsync(FakeStream.Summary(), shard.Clock.GetUtcNow(), cancellation);

        await using var source = factory.Open(
            new(shard.Options.Stream.Identifier, ShardHarness.Shard),
            ReadPosition.From(StartPosition.From(ExtendedSequenceNumber.TrimHorizon)),
            hashKeys: null,
            shard.Coordination,
            new(shard.Options.Stream.Identifier.Name, ShardHarness.Shard),
            CancellationToken.None);

        Assert.Equal(mode == RetrievalMode.Polling ? 0 : 1, fanOut.Descriptions);
    }
}
