using System.Globalization;
using System.Runtime.Versioning;
using Kcl.Integration.Tests.Ledger;
using Kcl.Integration.Tests.Servers;
using Kcl.Integration.Tests.Streams;
using Kcl.Integration.Tests.Workers;

namespace Kcl.Integration.Tests.Daemon;

/// <summary>Tests a child that has ended while a process that it started holds its pipes open.</summary>
[SupportedOSPlatform("linux")]
public sealed class DeadChildTests(ServerPark park)
{
    private static readonly TimeSpan Promptly = TimeSpan.FromSeconds(30);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false, "grandchild")]
    [InlineData(false, "grandchild-elsewhere")]
    [InlineData(true, "grandchild")]
    public async Task It_is_noticed_during_a_batch(bool managed, string grandchild)
    {
        await using var child = await TestChild.StartAsync(managed, grandchild, "exit-in-batch");
        var sleeping = await child.GrandchildAsync();
        try
        {
            var processing = child.Processor.ProcessRecordsAsync(child.Batch(100, 1), Token).AsTask();
            var failure = await Assert.ThrowsAsync<ProcessorUnusableException>(() => processing.WaitAsync(Promptly, Token));

            Assert.Contains("it ended with exit code 3 during 'processRecords'", failure.Message, StringComparison.Ordinal);
            await AssertEndedAsync(child, sleeping, managed || grandchild != "grandchild");
        }
        finally
        {
            EndIfAlive(sleeping);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task It_is_noticed_while_there_is_nothing_to_process(bool managed)
    {
        await using var child = await TestChild.StartAsync(managed, "grandchild", "die-when-idle");
        var sleeping = await child.GrandchildAsync();
        try
        {
            await child.UnusableAsync();
            await child.Processor.DisposeAsync().AsTask().WaitAsync(Promptly, Token);

            await AssertEndedAsync(child, sleeping, managed);
        }
        finally
        {
            EndIfAlive(sleeping);
        }
    }

    /// <summary>One child ends in a batch, another while it is idle. Each has started processes that keep running.</summary>
    [Fact]
    public async Task Its_shard_continues_with_another_and_nothing_is_lost()
    {
        await using var stream = await TestStream.CreateAsync(park, ServerKind.Embedded, 2, Token);
        await stream.PutAsync(400, Token);
        await using var fleet = new Fleet(stream);
        var worker = fleet.Start(new() { CheckpointEvery = 10, DieOnce = true });
        await fleet.DeliveredAsync(stream.Numbers, Token);
        // The idle child ends after its last batch. Records that are put now reach its successor.
        await fleet.UntilAsync("both children were replaced", events => events.Count(e => e.Kind == LedgerEventKind.Started) == 4, Token);
        await stream.PutAsync(50, Token);
        await fleet.DeliveredAsync(stream.Numbers, Token);

        await fleet.StopAsync(worker, Token);
        await fleet.AssertInvariantsAsync(Token);
        var lines = await File.ReadAllLinesAsync($"{fleet.Ledger.Path}.sleeping", Token);
        var sleeping = lines.Select(n => int.Parse(n, CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(8, sleeping.Count);
        var ended = () => !sleeping.Exists(RunningProcess.IsAlive);
        await Eventually.TrueAsync("what the dead children started was ended", ended, Promptly, fleet.Describe, Token);
    }

    private static async Task AssertEndedAsync(TestChild child, int sleeping, bool isOutOfReach)
    {
        if (!isOutOfReach)
        {
            var ended = () => !RunningProcess.IsAlive(sleeping);
            await Eventually.TrueAsync("the grandchild was ended", ended, Promptly, () => string.Join('\n', child.Log.All), Token);
        }

        Assert.Contains(child.Log.All, l => l.Contains("but a process that it started holds its output open", StringComparison.Ordinal));
    }

    private static void EndIfAlive(int processId)
    {
        if (RunningProcess.IsAlive(processId))
        {
            ExternalProcess.Kill(processId);
        }
    }
}
