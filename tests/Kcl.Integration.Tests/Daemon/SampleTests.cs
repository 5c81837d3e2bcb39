using System.Runtime.Versioning;
using System.Text;
using Kcl.Daemon.Children.Command;

namespace Kcl.Integration.Tests.Daemon;

/// <summary>Tests the sample processors as children when another worker has taken the lease, and when they are asked to stop.</summary>
[SupportedOSPlatform("linux")]
public sealed class SampleTests
{
    public static TheoryData<string> Samples => ["python", "csharp"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Samples))]
    public async Task A_lost_lease_is_no_failure_of_theirs(string sample)
    {
        var refusing = new RecordingCheckpointer { Refuse = _ => new LeaseLostException("another worker has it") };
        await using var child = await TestChild.StartAsync(Command(sample), refusing);
        for (var i = 0; i < 3; i++)
        {
            await child.Processor.ProcessRecordsAsync(Word(child), Token);
        }

        await child.Processor.ShutdownRequestedAsync(new(child.Checkpointer), Token);
        await child.Processor.LeaseLostAsync(new(), Token);
        await child.Processor.DisposeAsync();

        // The process ends with exit code 0, which is logged only at Debug.
        var end = Assert.Single(child.Log.All, l => l.EndsWith("ended with exit code 0", StringComparison.Ordinal));
        Assert.StartsWith("Debug", end, StringComparison.Ordinal);
        Assert.Contains(child.Log.All, l => l.Contains("could not checkpoint: ", StringComparison.Ordinal));
        // The worker logs once, and not as a warning, that a checkpoint was too late.
        var refusals = child.Log.All.Where(l => l.Contains("was refused with ShutdownException", StringComparison.Ordinal)).ToList();
        Assert.Equal(["Information", "Debug", "Debug", "Debug"], refusals.Select(l => l.Split(' ')[0]));
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public async Task A_stop_is_not_called_a_loss(string sample)
    {
        await using var child = await TestChild.StartAsync(Command(sample), new());
        await child.Processor.ProcessRecordsAsync(Word(child), Token);
        await child.Processor.ShutdownRequestedAsync(new(child.Checkpointer), Token);
        await child.Processor.LeaseLostAsync(new(), Token);
        await child.Processor.DisposeAsync();

        Assert.Equal(["everything", "everything"], child.Checkpointer.Stored);
        Assert.Contains(child.Log.All, l => l.Contains("stops here: 1 records; cat 1", StringComparison.Ordinal));
        Assert.DoesNotContain(child.Log.All, l => l.Contains("another worker", StringComparison.Ordinal));
    }

    private static ProcessRecordsInput Word(TestChild child) =>
        new([new(Encoding.UTF8.GetBytes("cat"), "k", SequenceNumber.Parse("1"))], 0, child.Checkpointer);

    private static ChildCommand Command(string sample)
    {
        var configuration = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        return sample == "python"
            ? new("python3", [Path.Combine(TestTools.Root, "samples", "word_counter.py")])
            : new("dotnet", [Path.Combine(TestTools.Root, "artifacts", "bin", "WordCounter", configuration, "WordCounter.dll")]);
    }
}
