using Kcl.Internal;
using Kcl.Leasing;
using Kcl.Streams;

namespace Kcl.Coordination;

/// <summary>What one worker does for the whole fleet: compare shards with leases, mend, clean up. Every write is conditional, so that two leaders for a moment do no harm.</summary>
internal sealed class LeaderChores(LeaseContext context, ShardListReader shards, ShardSync sync, FleetPosture posture, WorkerId self, KinesisConsumerOptions options, Action leasesCreated)
{
    private static readonly TimeSpan ElectionRest = TimeSpan.FromSeconds(2);
    private readonly ShardAuditor _auditor = new();
    private IReadOnlyList<Lease> _doomed = [];
    private IReadOnlyList<Lease>? _leases;
    private long? _doneAt;
    private TimeSpan _interval;
    private bool _leads;
    private int _failures;
    private readonly RepeatGuard _failureTold = new(TimeSpan.FromMinutes(1), context.Time);

    /// <summary>A reading of the table.</summary>
    public void Seen(IReadOnlyList<Lease> leases) => Volatile.Write(ref _leases, leases);

    /// <summary>One round: the chores, if this worker leads and they are due.</summary>
    /// <returns>When to look again.</returns>
    public async ValueTask<TimeSpan> RoundAsync(CancellationToken cancellationToken)
    {
        var leases = Volatile.Read(ref _leases);
        var leads = leases is not null && posture.MayTake && LeaderElection.IsLeader(self, leases);
        if (leads != _leads)
        {
            CoordinationLog.Leads(context.Logger, leads);
            _leads = leads;
        }

        var rest = options.ShardSyncInterval < ElectionRest ? options.ShardSyncInterval : ElectionRest;
        if (!leads || context.Trouble.IsThere || (_doneAt is { } done && context.Time.GetElapsedTime(done) < _interval))
        {
            return rest;
        }

        try
        {
            await DoAsync(leases!, cancellationToken).ConfigureAwait(false);
            _failures = 0;
        }
        catch (KclException exception)
        {
            // Leases go on without chores; they are told of once a minute and tried again at their usual pace.
            _failures++;
            if (_failureTold.ShouldReport())
            {
                CoordinationLog.ChoresFail(context.Logger, exception, _failures);
            }
        }

        _doneAt = context.Time.GetTimestamp();
        _interval = options.ShardSyncInterval * (0.9 + (0.2 * context.NextDouble()));
        return rest;
    }

    private async ValueTask DoAsync(IReadOnlyList<Lease> leases, CancellationToken cancellationToken)
    {
        if (leases.Count == 0)
        {
            await sync.StartAsync(cancellationToken).ConfigureAwait(false);
            leasesCreated();
            return;
        }

        var tree = await shards.ListAsync(TimeSpan.Zero, cancellationToken).ConfigureAwait(false);
        var recreated = RecreatedShards.Find(leases, tree);
        if (recreated.Count > 0)
        {
            await StartAnewAsync(recreated, tree, cancellationToken).ConfigureAwait(false);
            return;
        }

        if (await sync.AddMissingAsync(tree, leases, cancellationToken).ConfigureAwait(false) > 0)
        {
            leasesCreated();
        }

        await FillRangesAsync(leases, tree, cancellationToken).ConfigureAwait(false);
        if (_auditor.Audit(leases, s => tree.Find(s)?.HashKeyRange) && _auditor.Hole is { } hole)
        {
            CoordinationLog.HashRangeHole(context.Logger, hole.Start, hole.End, _auditor.Times);
        }

        await CleanUpAsync(leases, tree, cancellationToken).ConfigureAwait(false);
    }

    // Leases written before ranges were known lack them; peers audit by them.
    private async ValueTask FillRangesAsync(IReadOnlyList<Lease> leases, ShardTree tree, CancellationToken cancellationToken)
    {
        foreach (var lease in leases.Where(l => l.HashKeyRange is null))
        {
            if (tree.Find(lease.ShardId) is { } shard)
            {
                await context.Store.TryUpdateAsync(lease.Key, new() { HashKeyRange = shard.HashKeyRange }, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async ValueTask CleanUpAsync(IReadOnlyList<Lease> leases, ShardTree tree, CancellationToken cancellationToken)
    {
        var doomed = LeaseCleanup.Plan(leases, tree, options.CleanUpLeasesOfFinishedShards);

        // A listing or a reading may be a moment behind: what is deleted was found dispensable twice.
        foreach (var lease in doomed.Where(l => _doomed.Any(d => d.Key == l.Key && d.Counter == l.Counter)))
        {
            if ((await context.Store.TryDeleteAsync(lease.Key, lease.Counter, cancellationToken).ConfigureAwait(false)).Succeeded)
            {
                CoordinationLog.LeaseCleanedUp(context.Logger, lease.ShardId);
            }
        }

        _doomed = doomed;
    }

    private async ValueTask StartAnewAsync(IReadOnlyList<Lease> recreated, ShardTree tree, CancellationToken cancellationToken)
    {
        foreach (var lease in recreated)
        {
            CoordinationLog.StreamRecreated(context.Logger, options.Stream, lease.ShardId, lease.Checkpoint);
            if ((await context.Store.TryDeleteAsync(lease.Key, lease.Counter, cancellationToken).ConfigureAwait(false)).Succeeded)
            {
                await context.Store.TryCreateAsync(ShardSyncPlanner.New(tree.Find(lease.ShardId)!, ExtendedSequenceNumber.TrimHorizon), cancellationToken).ConfigureAwait(false);
            }
        }

        leasesCreated();
    }
}
