using System.Globalization;
using Kcl.Integration.Tests.Ledger;
using Kcl.Integration.Tests.Servers;
using Kcl.Integration.Tests.Streams;

namespace Kcl.Integration.Tests.Workers;

/// <summary>Options of a <see cref="DaemonWorker"/>.</summary>
internal sealed record DaemonWorkerOptions
{
    public string Name { get; init; } = "w1";

    public TimeSpan FailoverTime { get; init; } = TimeSpan.FromSeconds(3);

    public int CheckpointEvery { get; init; } = 10;

    public double PauseMilliseconds { get; init; }

    public bool Garbage { get; init; }

    public string InitialPosition { get; init; } = "TRIM_HORIZON";

    public bool CleansUp { get; init; } = true;

    /// <summary>Gets the stream in the properties file; null for that of the test.</summary>
    public string? StreamName { get; init; }

    /// <summary>Gets the number of bytes that a child prints to stderr for each batch.</summary>
    public int StderrBytes { get; init; }

    /// <summary>Gets the redirection of the daemon's standard streams, in shell syntax; null for pipes that this test reads.</summary>
    public string? Redirection { get; init; }

    /// <summary>
    /// Gets a value indicating whether the first child of each shard ends while processes that it started hold its pipes open.
    /// </summary>
    public bool DieOnce { get; init; }
}

/// <summary>
/// <c>kcl run</c> as a process, with children in Python that keep a ledger, and leases in a file that several workers can share.
/// </summary>
internal sealed class DaemonWorker : IAsyncDisposable
{
    private DaemonWorker(string name, string properties, ExternalProcess process) =>
        (Name, Properties, Process) = (name, properties, process);

    public string Name { get; }

    public ExternalProcess Process { get; }

    /// <summary>Gets the text of the worker's properties file.</summary>
    public string Properties { get; }

    public static DaemonWorker Start(TestStream stream, TemporaryFolder folder, LedgerFile ledger, DaemonWorkerOptions options)
    {
        var child = Path.Combine(TestTools.Root, "tests", "Kcl.Integration.Tests", "Children", "ledger_child.py");
        var flags = string.Create(
            CultureInfo.InvariantCulture,
            $" --pause-ms {options.PauseMilliseconds} --stderr-bytes {options.StderrBytes}")
            + (options.Garbage ? " --garbage" : "") + (options.DieOnce ? " --die-once" : "");
        var properties = folder.File($"{options.Name}.properties");
        File.WriteAllText(properties, string.Create(CultureInfo.InvariantCulture, $"""
            executableName = python3 {child} {ledger.Path} --worker {options.Name} --checkpoint-every {options.CheckpointEvery}{flags}
            streamName = {options.StreamName ?? stream.Name.Value}
            applicationName = app
            workerIdentifier = {options.Name}
            regionName = us-east-1
            kinesisEndpoint = {stream.Endpoint}
            leaseStore = sqlite:{folder.File("leases.db")}
            initialPositionInStream = {options.InitialPosition}
            cleanupLeasesUponShardCompletion = {(options.CleansUp ? "true" : "false")}
            failoverTimeMillis = {(long)options.FailoverTime.TotalMilliseconds}
            shardSyncIntervalMillis = 1000
            idleTimeBetweenReadsInMillis = 200
            shutdownGraceMillis = 10000

            """));
        var environment = stream.Server == ServerKind.Kinesalite ? new Dictionary<string, string> { ["AWS_CBOR_DISABLE"] = "true" } : null;
        return new(
            options.Name,
            properties,
            KclProgramFiles.Start(["run", "-p", properties], environment, redirection: options.Redirection));
    }

    public async ValueTask DisposeAsync() => await Process.DisposeAsync();
}
