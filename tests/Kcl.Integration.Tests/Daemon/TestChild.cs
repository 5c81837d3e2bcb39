using System.Globalization;
using System.Runtime.Versioning;
using Kcl.Daemon.Children.Command;
using Kcl.Daemon.Children.Launching;
using Kcl.Daemon.Children.Relay;
using Kcl.Daemon.Status;

namespace Kcl.Integration.Tests.Daemon;

/// <summary>A processor with a real child: <c>child.py</c>, whose arguments define its behavior, or another program.</summary>
[SupportedOSPlatform("linux")]
internal sealed class TestChild : IAsyncDisposable
{
    public static readonly ShardId Shard = new("shardId-000000000000");
    private static readonly string Script = Path.Combine(AppContext.BaseDirectory, "Daemon", "child.py");

    private TestChild(ChildProcessor processor) => Processor = processor;

    public ChildProcessor Processor { get; }

    public required LogLines Log { get; init; }

    public required ChildActivity Activity { get; init; }

    public RecordingCheckpointer Checkpointer { get; init; } = new();

    /// <summary>Gets the id of the child's process, which is also that of its process group if it has its own.</summary>
    public int ProcessId => Activity.Status.ProcessId!.Value;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Starts a child and initializes it.</summary>
    /// <param name="managed">Whether with .NET's own process class, as on systems other than Linux.</param>
    /// <param name="behaviors">The arguments of child.py.</param>
    public static Task<TestChild> StartAsync(bool managed, params string[] behaviors) =>
        StartAsync(new ChildCommand("python3", [Script, .. behaviors]), new(), managed);

    /// <summary>Starts a program and initializes it.</summary>
    /// <param name="command">The program.</param>
    /// <param name="checkpointer">Receives its checkpoints.</param>
    /// <param name="managed">Whether with .NET's own process class, as on systems other than Linux.</param>
    public static async Task<TestChild> StartAsync(ChildCommand command, RecordingCheckpointer checkpointer, bool managed = false)
    {
        var log = new LogLines();
        var activity = new ChildActivity();
        IChildLauncher launcher = managed ? new ManagedChildLauncher() : new PosixChildLauncher(log);
        var processor = new ChildProcessor(Shard, new() { Command = command }, launcher, activity, log, TimeProvider.System);
        var child = new TestChild(processor) { Log = log, Activity = activity, Checkpointer = checkpointer };
        await child.Processor.InitializeAsync(new(Shard, ExtendedSequenceNumber.TrimHorizon), Token);
        return child;
    }

    /// <summary>Returns a batch of records with consecutive numbers.</summary>
    public ProcessRecordsInput Batch(int first, int count)
    {
        var records = Enumerable.Range(first, count)
            .Select(i => new KinesisRecord(new byte[100], $"key-{i}", SequenceNumber.Parse($"{i}")));
        return new([.. records], 0, Checkpointer);
    }

    /// <summary>Returns the id of the process that the child started.</summary>
    public async Task<int> GrandchildAsync()
    {
        await Log.WaitForAsync("grandchild is process ");
        var line = Log.All.Single(l => l.Contains("grandchild is process ", StringComparison.Ordinal));
        return int.Parse(line.Split(' ')[^1], CultureInfo.InvariantCulture);
    }

    /// <summary>Waits until the processor reports that it cannot continue.</summary>
    public async Task UnusableAsync()
    {
        var gone = new TaskCompletionSource();
        await using var registration = Processor.Unusable.Register(gone.SetResult);
        await gone.Task.WaitAsync(TimeSpan.FromSeconds(30), Token);
    }

    public ValueTask DisposeAsync() => Processor.DisposeAsync();
}
