using Kcl.Kinesis;
using Kcl.Leasing;
using Kcl.Streams;

namespace Kcl.Coordination.ShardSync;

/// <summary>Creates the leases that shards lack. Every write is conditional: any number of workers may do it at the same time.</summary>
/// <param name="services">The services of the coordination.</param>
/// <param name="shards">The shard list.</param>
/// <param name="stream">The stream.</param>
/// <param name="start">The position at which shards start that have no lease.</param>
internal sealed class LeaseCreator(CoordinationServices services, ShardListReader shards, StreamMonitor stream, StartPosition start)
{
    /// <summary>The number of concurrent writes.</summary>
    public const int MaxConcurrentWrites = 8;

    private const int MaxReads = 3;
    private static readonly TimeSpan ReadInterval = TimeSpan.FromSeconds(1);

    /// <summary>Creates the leases of an application that has none.</summary>
    /// <param name="now">An instant before the shards are listed, from which a later reader misses nothing that is put from now on.</param>
    /// <param name="cancellationToken">Abandons the call.</param>
    /// <exception cref="DependencyException">The shard list is incomplete or inconsistent, three times in a row.</exception>
    public async ValueTask<int> CreateFirstAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var factory = InitialLeaseFactory.WithoutHistory(start, stream.Identity, now, stream.Keys);
        for (var read = 1; ; read++)
        {
            var plan = ShardSyncPlanner.PlanFirst(await ListFirstAsync(cancellationToken).ConfigureAwait(false), factory);
            if (plan.IsUsable)
            {
                return (await CreateAsync(plan.Create, cancellationToken).ConfigureAwait(false)).Count;
            }

            if (read == MaxReads)
            {
                throw new DependencyException(plan.Hole is { } hole
                    ? $"The shard list of stream {stream.Stream} is incomplete: no shard takes the hash keys {hole.Start} to {hole.End}."
                    : $"The shard list of stream {stream.Stream} contradicts itself: {string.Join(", ", plan.Inconsistent)} continue "
                        + "shards that are still open.");
            }

            await Task.Delay(ReadInterval, services.Time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Creates the missing leases of an application that has some.</summary>
    /// <param name="tree">The whole shard list.</param>
    /// <param name="leases">The table as read.</param>
    /// <param name="review">The review of the leases; <see langword="null"/> to use only what each lease says about its stream.</param>
    /// <param name="cancellationToken">Abandons the call.</param>
    /// <returns>The leases that this call created, and the plan.</returns>
    public async ValueTask<(IReadOnlyList<Lease> Created, ShardSyncPlan Plan)> CreateMissingAsync(
        ShardTree tree, LeaseListing leases, LeaseReview? review, CancellationToken cancellationToken)
    {
        var identity = stream.Identity!;
        var history = ApplicationHistory.Of(leases, identity);
        if (review is { IsCreatedAgain: true })
        {
            history = history with { HasEarlierStream = true };
        }

        var factory = new InitialLeaseFactory(start, identity, stream.Now, history, stream.Keys);
        var plan = ShardSyncPlanner.Plan(tree, leases, factory, review?.Stale);
        if (plan.Inconsistent.Count > 0)
        {
            CoordinationLog.ShardListInconsistent(services.Logger, plan.Inconsistent.Count);
        }

        return (await CreateAsync(plan.Create, cancellationToken).ConfigureAwait(false), plan);
    }

    /// <summary>Creates the lease of a shard whose descendants have leases of an earlier stream.</summary>
    /// <returns>Whether this call created it.</returns>
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
            // The server does not support filters, or does not accept the instant. The shards are then selected from the whole list.
            return await shards.ListAsync(filter: null, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask<IReadOnlyList<Lease>> CreateAsync(IReadOnlyList<Lease> leases, CancellationToken cancellationToken)
    {
        var created = new List<Lease>();
        foreach (var some in leases.Chunk(MaxConcurrentWrites))
        {
            var writes = some.Select(l => services.Store.TryCreateAsync(l, cancellationToken).AsTask());
            var results = await Task.WhenAll(writes).ConfigureAwait(false);
            created.AddRange(some.Where((_, at) => results[at].Succeeded));
        }

        if (leases.Count > 0)
        {
            CoordinationLog.LeasesCreated(services.Logger, created.Count, leases.Count);
        }

        return created;
    }
}
