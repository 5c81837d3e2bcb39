using Kcl.Integration.Tests.Ledger;
using Kcl.Integration.Tests.Streams;

namespace Kcl.Integration.Tests.Workers;

/// <summary>The workers of one application on one stream, and their ledger.</summary>
internal sealed class Fleet(TestStream stream) : IAsyncDisposable
{
    private static readonly TimeSpan WaitTimeout = TimeSpan.FromSeconds(60);
    private readonly TemporaryFolder _folder = new();
    private readonly List<DaemonWorker> _workers = [];
    private LedgerFile? _ledger;

    /// <summary>Gets the folder of <see cref="LeaseFile"/>.</summary>
    public string Folder => _folder.Path;

    /// <summary>Gets the file of the leases.</summary>
    public string LeaseFile => _folder.File("leases.db");

    public LedgerFile Ledger => _ledger ??= new(_folder.File("ledger"));

    public DaemonWorker Start(DaemonWorkerOptions options)
    {
        var worker = DaemonWorker.Start(stream, _folder, Ledger, options);
        _workers.Add(worker);
        return worker;
    }

    /// <summary>Waits for a condition. Fails if a worker has ended that was not asked to stop.</summary>
    public Task UntilAsync(string what, Func<IReadOnlyList<LedgerEvent>, bool> condition, CancellationToken cancellationToken) =>
        Eventually.TrueAsync(what, () => condition(Ledger.Read()), WaitTimeout, Describe, cancellationToken);

    public Task DeliveredAsync(IReadOnlyCollection<long> numbers, CancellationToken cancellationToken) =>
        UntilAsync(
            $"{numbers.Count} numbers delivered",
            events => events.Where(e => e.Kind == LedgerEventKind.Delivered).Select(e => e.Number).ToHashSet().IsSupersetOf(numbers),
            cancellationToken);

    /// <summary>Returns, for each shard, the worker whose child was started last and has not been stopped since.</summary>
    public static Dictionary<ShardId, string> Owners(IReadOnlyList<LedgerEvent> events)
    {
        var owners = new Dictionary<ShardId, string>();
        foreach (var e in events)
        {
            if (e.Kind == LedgerEventKind.Started)
            {
                owners[e.Shard] = e.Worker;
            }
            else if (e.Kind is LedgerEventKind.LeaseLost or LedgerEventKind.ShutdownRequested
                && owners.GetValueOrDefault(e.Shard) == e.Worker)
            {
                owners.Remove(e.Shard);
            }
        }

        return owners;
    }

    /// <summary>Asks a worker to stop, and checks that it ends with exit code 0.</summary>
    public async Task StopAsync(DaemonWorker worker, CancellationToken cancellationToken)
    {
        worker.Process.Terminate();
        Assert.True(await worker.Process.WaitForExitAsync(TimeSpan.FromSeconds(20), cancellationToken) == 0, Describe());
    }

    public async Task AssertInvariantsAsync(CancellationToken cancellationToken)
    {
        var violations = Invariants.Violations(Ledger.Read(), stream.Numbers, await stream.ParentsAsync(cancellationToken));
        Assert.True(violations.Count == 0, string.Join('\n', violations) + "\n" + Describe());
    }

    public string Describe() =>
        string.Join('\n', _workers.Select(worker => $"=== {worker.Name}\n{worker.Process.Describe()}"))
            + $"\n=== last of the ledger\n{string.Join('\n', Ledger.Read().TakeLast(20))}";

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in _workers)
        {
            await worker.DisposeAsync();
        }

        _folder.Dispose();
    }
}
