using Kcl.Kinesis;
using Kcl.Leasing;
using Kcl.Streams;

namespace Kcl.Coordination.ShardSync;

/// <summary>Creates missing leases. Every write is conditional, so any number of workers may do this at the same time.</summary>
/// <param name="services">The services of the coordination.</param>
/// <param name="shards">The shard list.</param>
/// <param name="stream">The stream.</param>
/// <param name="start">The position at which shards start that have no lease.</param>
internal sealed class LeaseCreator(CoordinationServices services, ShardListReader shards, StreamMonitor stream, StartPosition start)
{
    /// <summary>The maximum number of concurrent writes.</summary>
    public const int MaxConcurrentWrites = 8;

    private const int MaxReads = 3;
    private static readonly TimeSpan ReadInterval = TimeSpan.FromSeconds(1);

    /// <summary>Creates the leases of an application that has none.</summary>
    /// <param name="now">A safe start time, determined before the shards are listed.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="DependencyException">The shard list was incomplete or inconsistent three times in a row.</exception>
    public async ValueTask<int> CreateFirstAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var factory = InitialLeaseFactory.WithoutHistory(start, stream.Identity, now, stream.Keys);
        for (var read = 1; ; read++)
        {
            var plan = ShardSyncPlanner.PlanFirst(await ListFirstAsync(cancellationToken).ConfigureAwait(false), factory);
            if (plan.IsUsable)
            {
                return (await CreateAsync(plan.LeasesToCreate, cancellationToken).ConfigureAwait(false)).Count;
            }

            if (read == MaxReads)
            {
                throw new DependencyException(plan.Hole is { } hole
                    ? $"The shard list of stream {stream.Stream} is incomplete: no shard covers the hash keys {hole.Start} to {hole.End}."
                    : $"The shard list of stream {stream.Stream} is inconsistent: {string.Join(", ", plan.Inconsistent)} are "
                        + "children of shards that are still open.");
            }

            await Task.Delay(ReadInterval, services.Time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Creates the missing leases of an application that has some.</summary>
    /// <param name="tree">The whole shard list.</param>
    /// <param name="leases">The listing of the table.</param>
    /// <param name="review">The review of the leases; null to use only the stream that each lease names.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The leases that this call created, and the plan.</returns>
    public async ValueTask<(IReadOnlyList<Lease> Created, ShardSyncPlan Plan)> CreateMissingAsync(
        ShardTree tree, LeaseListing leases, LeaseReview? review, CancellationToken cancellationToken)
    {
        var identity = stream.Identity!;
        var history = ApplicationHistory.Of(leases, identity);
        if (review is { IsRecreated: true })
        {
            history = history with { HasEarlierStream = true };
        }

        var factory = new InitialLeaseFactory(start, identity, stream.Now, history, stream.Keys);
        var plan = ShardSyncPlanner.Plan(tree, leases, factory, review?.Stale);
        if (plan.Inconsistent.Count > 0)
        {
            CoordinationLog.ShardListInconsistent(services.Logger, plan.Inconsistent.Count);
        }

        return (await CreateAsync(plan.LeasesToCreate, cancellationToken).ConfigureAwait(false), plan);
    }

    /// <summary>Creates the lease of a shard whose descendants have leases of an earlier stream.</summary>
    /// <returns>True if this call created it; otherwise, false.</returns>
    public async ValueTask<bool> CreateAncestorAsync(Shard shard, CancellationToken cancellationToken)
    {
        var history = ApplicationHistory.None with { HasEarlierStream = true };
        var factory = new InitialLeaseFactory(start, stream.Identity, stream.Now, history, stream.Keys);
        return (await CreateAsync([factory.CreateAfterParents(shard)], cancellationToken).ConfigureAwait(false)).Count > 0;
    }

    private async ValueTask<ShardTree> ListFirstAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await shards.ListAsync(start.ListFilter, cancellationToken).ConfigureAwait(false);
        }
        catch (KinesisException exception) when (exception.Code == KinesisErrorCode.InvalidArgument)
        {
            // The server does not support filters, or does not accept the timestamp. The shards are then selected from the whole list.
            return await shards.ListAsync(filter: null, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask<IReadOnlyList<Lease>> CreateAsync(IReadOnlyList<Lease> leases, CancellationToken cancellationToken)
    {
        var created = new List<Lease>();
        foreach (var chunk in leases.Chunk(MaxConcurrentWrites))
        {
            var writes = chunk.Select(l => services.Store.TryCreateAsync(l, cancellationToken).AsTask());
            var results = await Task.WhenAll(writes).ConfigureAwait(false);
            created.AddRange(chunk.Where((_, at) => results[at].Succeeded));
        }

        if (leases.Count > 0)
        {
            CoordinationLog.LeasesCreated(services.Logger, created.Count, leases.Count);
        }

        return created;
    }
}
