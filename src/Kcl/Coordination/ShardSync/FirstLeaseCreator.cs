using Kcl.Coordination.Assignment;
using Kcl.Internal;
using Kcl.Leasing;
using Kcl.Streams;

namespace Kcl.Coordination.ShardSync;

/// <summary>
/// Creates the first leases of an application when a worker starts, and records when it did so: the worker may then be the first reader of
/// a shard.
/// </summary>
/// <param name="services">The services of the coordination.</param>
/// <param name="stream">The stream.</param>
/// <param name="shards">The shard list.</param>
/// <param name="leases">Creates leases.</param>
/// <param name="gate">Decides whether this worker may write leases.</param>
internal sealed class FirstLeaseCreator(
    CoordinationServices services, StreamMonitor stream, ShardListReader shards, LeaseCreator leases, LeaseTakingGate gate)
{
    // Workers that start together on an empty table read it again after different delays. One of them has then usually created the leases.
    private static readonly TimeSpan MaxDelay = TimeSpan.FromMilliseconds(200);

    // After this time, even the first reader of a shard at LATEST starts at the time that is stored in the lease.
    private static readonly TimeSpan FirstReaderWindow = TimeSpan.FromSeconds(3);
    private FirstObservation? _first;

    /// <summary>
    /// Creates the first leases if there are none. After a partial failure, a repeated call uses the start time of the first call.
    /// </summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var table = stream.Keys.Select(await services.Store.ListAsync(cancellationToken).ConfigureAwait(false));
        var isPartlyCreated = table.Count > 0 && _first is not null;
        if ((table.Count > 0 && !isPartlyCreated) || !await gate.MayTakeAsync(table, cancellationToken).ConfigureAwait(false))
        {
            return;
        }

        if (isPartlyCreated)
        {
            var tree = await shards.ListAsync(TimeSpan.Zero, cancellationToken).ConfigureAwait(false);
            await leases.CreateMissingAsync(tree, table, review: null, cancellationToken).ConfigureAwait(false);
            return;
        }

        await Task.Delay(services.Chance.Jitter(MaxDelay), services.Time, cancellationToken).ConfigureAwait(false);
        if ((await services.Store.ListAsync(cancellationToken).ConfigureAwait(false)) is { Count: 0, Unreadable.Count: 0 })
        {
            // LATEST means the time of the first attempt, however often the creation is repeated.
            var first = Volatile.Read(ref _first) ?? new(stream.Now, services.Time.GetTimestamp());
            Volatile.Write(ref _first, first);
            await leases.CreateFirstAsync(first.Instant, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Returns whether a worker that takes a lease at <c>LATEST</c>, shortly after the lease was created, is the shard's first reader. It
    /// then reads from the tip, as in every KCL.
    /// </summary>
    /// <param name="lease">The lease before it is taken.</param>
    public bool IsFirstReader(Lease lease) =>
        Volatile.Read(ref _first) is { } first && services.Time.GetElapsedTime(first.At) < FirstReaderWindow
        && lease is { Owner: null, Counter: 0, OwnerSwitchesSinceCheckpoint: 0 }
        && LeaseAnnotations.StartOf(lease) is { IsObserved: false };

    /// <summary>The time at which this worker found the table empty.</summary>
    /// <param name="Instant">A safe start time.</param>
    /// <param name="At">The clock's timestamp.</param>
    private sealed record FirstObservation(DateTimeOffset Instant, long At);
}
