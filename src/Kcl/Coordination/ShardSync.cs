using Kcl.Kinesis;
using Kcl.Leasing;
using Kcl.Streams;

namespace Kcl.Coordination;

/// <summary>Makes the leases that shards lack. Every write is conditional: any number of workers may do it at once.</summary>
internal sealed class ShardSync(LeaseContext context, ShardListReader shards, StreamIdentifier stream, InitialPosition position)
{
    private const int WritesAtOnce = 8;
    private const int Readings = 3;
    private static readonly TimeSpan BetweenReadings = TimeSpan.FromSeconds(1);

    /// <summary>Starts an application that has no leases.</summary>
    /// <exception cref="DependencyException">The shard list has holes, three times in a row.</exception>
    public async ValueTask<int> StartAsync(CancellationToken cancellationToken)
    {
        for (var reading = 1; ; reading++)
        {
            var plan = ShardSyncPlanner.PlanFirst(await ListFirstAsync(cancellationToken).ConfigureAwait(false), position);
            if (plan.IsUsable)
            {
                return await CreateAsync(plan.Create, cancellationToken).ConfigureAwait(false);
            }

            if (reading == Readings)
            {
                throw new DependencyException(plan.Hole is { } hole
                    ? $"The shard list of stream {stream} is incomplete: no shard takes the hash keys {hole.Start} to {hole.End}."
                    : $"The shard list of stream {stream} contradicts itself: {string.Join(", ", plan.Inconsistent)} continue shards that are still open.");
            }

            await Task.Delay(BetweenReadings, context.Time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Adds what is missing beside leases that are there.</summary>
    /// <param name="tree">The whole shard list.</param>
    /// <param name="leases">The table as read.</param>
    /// <param name="cancellationToken">Abandons the work.</param>
    public async ValueTask<int> AddMissingAsync(ShardTree tree, IReadOnlyList<Lease> leases, CancellationToken cancellationToken)
    {
        var plan = ShardSyncPlanner.Plan(tree, leases.Select(l => l.ShardId).ToHashSet(), position);
        if (plan.Inconsistent.Count > 0)
        {
            CoordinationLog.ShardListInconsistent(context.Logger, plan.Inconsistent.Count);
        }

        return await CreateAsync(plan.Create, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<ShardTree> ListFirstAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await shards.ListAsync(ShardSyncPlanner.FirstFilter(position), cancellationToken).ConfigureAwait(false);
        }
        catch (KinesisException exception) when (exception.Code == KinesisErrorCode.InvalidArgument)
        {
            // A server that does not know filters, or an instant it does not accept: the choice is then made from the whole list.
            return await shards.ListAsync(filter: null, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask<int> CreateAsync(IReadOnlyList<Lease> leases, CancellationToken cancellationToken)
    {
        var created = 0;
        foreach (var some in leases.Chunk(WritesAtOnce))
        {
            var writes = await Task.WhenAll(some.Select(l => context.Store.TryCreateAsync(l, cancellationToken).AsTask())).ConfigureAwait(false);
            created += writes.Count(w => w.Succeeded);
        }

        if (leases.Count > 0)
        {
            CoordinationLog.LeasesCreated(context.Logger, created, leases.Count);
        }

        return created;
    }
}
