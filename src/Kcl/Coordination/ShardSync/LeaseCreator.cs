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
                return await CreateAsync(plan.Create, cancellationToken).ConfigureAwait(false);
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
    /// <param name="cancellationToken">Abandons the call.</param>
    /// <returns>The number of leases created, and whether the shard list was complete and consistent.</returns>
    public async ValueTask<(int Created, bool WasUsable)> CreateMissingAsync(
        ShardTree tree, LeaseListing leases, CancellationToken cancellationToken)
    {
        var identity = stream.Identity!;
        var factory = new InitialLeaseFactory(start, identity, stream.Now, ApplicationHistory.Of(leases, identity), stream.Keys);
        var plan = ShardSyncPlanner.Plan(tree, leases, factory);
        if (plan.Inconsistent.Count > 0)
        {
            CoordinationLog.ShardListInconsistent(services.Logger, plan.Inconsistent.Count);
        }

        return (await CreateAsync(plan.Create, cancellationToken).ConfigureAwait(false), plan.IsUsable);
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

    private async ValueTask<int> CreateAsync(IReadOnlyList<Lease> leases, CancellationToken cancellationToken)
    {
        var created = 0;
        foreach (var some in leases.Chunk(MaxConcurrentWrites))
        {
            var writes = some.Select(l => services.Store.TryCreateAsync(l, cancellationToken).AsTask());
            created += (await Task.WhenAll(writes).ConfigureAwait(false)).Count(w => w.Succeeded);
        }

        if (leases.Count > 0)
        {
            CoordinationLog.LeasesCreated(services.Logger, created, leases.Count);
        }

        return created;
    }
}
