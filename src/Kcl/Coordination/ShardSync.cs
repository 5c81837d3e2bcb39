using Kcl.Kinesis;
using Kcl.Leasing;
using Kcl.Streams;

namespace Kcl.Coordination;

/// <summary>Makes the leases that shards lack. Every write is conditional: any number of workers may do it at once.</summary>
internal sealed class ShardSync(LeasingServices context, ShardListReader shards, StreamWatch stream, InitialPosition position)
{
    /// <summary>How many writes are under way at once.</summary>
    public const int WritesAtOnce = 8;

    private const int Readings = 3;
    private static readonly TimeSpan BetweenReadings = TimeSpan.FromSeconds(1);

    /// <summary>Starts an application that has no leases.</summary>
    /// <param name="now">From which instant nothing is missed that is put from now on: taken before the shards are listed.</param>
    /// <param name="cancellationToken">Abandons the work.</param>
    /// <exception cref="DependencyException">The shard list has holes, three times in a row.</exception>
    public async ValueTask<int> StartAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var rule = StartRule.First(position, stream.Identity, now, stream.Keys);
        for (var reading = 1; ; reading++)
        {
            var plan = ShardSyncPlanner.PlanFirst(await ListFirstAsync(cancellationToken).ConfigureAwait(false), rule);
            if (plan.IsUsable)
            {
                return await CreateAsync(plan.Create, cancellationToken).ConfigureAwait(false);
            }

            if (reading == Readings)
            {
                throw new DependencyException(plan.Hole is { } hole
                    ? $"The shard list of stream {stream.Name} is incomplete: no shard takes the hash keys {hole.Start} to {hole.End}."
                    : $"The shard list of stream {stream.Name} contradicts itself: {string.Join(", ", plan.Inconsistent)} continue shards that are still open.");
            }

            await Task.Delay(BetweenReadings, context.Time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Adds what is missing beside leases that are there.</summary>
    /// <param name="tree">The whole shard list.</param>
    /// <param name="leases">The table as read.</param>
    /// <param name="cancellationToken">Abandons the work.</param>
    /// <returns>How many leases were added, and whether the shard list was complete and without contradictions.</returns>
    public async ValueTask<(int Created, bool WasUsable)> AddMissingAsync(ShardTree tree, LeaseListing leases, CancellationToken cancellationToken)
    {
        var identity = stream.Identity!;
        var plan = ShardSyncPlanner.Plan(tree, leases, new(position, identity, stream.Now, ApplicationHistory.Of(leases, identity), stream.Keys));
        if (plan.Inconsistent.Count > 0)
        {
            CoordinationLog.ShardListInconsistent(context.Logger, plan.Inconsistent.Count);
        }

        return (await CreateAsync(plan.Create, cancellationToken).ConfigureAwait(false), plan.IsUsable);
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
