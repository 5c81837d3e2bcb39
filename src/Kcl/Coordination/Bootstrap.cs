using Kcl.Leasing;
using Kcl.Streams;

namespace Kcl.Coordination;

/// <summary>
/// Creates the first leases of an application, and remembers that it did: then this worker may be the first reader of a shard.
/// </summary>
internal sealed class Bootstrap(LeasingServices context, StreamWatch stream, ShardListReader shards, ShardSync sync, LeaseTakingGate posture)
{
    // Workers that start together on an empty table look again after a moment of their own: mostly one of them then has made the leases.
    private static readonly TimeSpan LongestHold = TimeSpan.FromMilliseconds(200);

    // Later than this a shard at LATEST is read from the instant that its lease remembers, also by its first reader.
    private static readonly TimeSpan FirstReaderFor = TimeSpan.FromSeconds(3);
    private Look? _firstLook;

    /// <summary>
    /// Creates the first leases if there are none. After a failure half-way it goes on where it stopped, at the instant with which it
    /// began.
    /// </summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var leases = stream.Keys.Select(await context.Store.ListAsync(cancellationToken).ConfigureAwait(false));
        var isHalfWay = leases.Count > 0 && _firstLook is not null;
        if ((leases.Count > 0 && !isHalfWay) || !await posture.MayTakeAsync(leases, cancellationToken).ConfigureAwait(false))
        {
            return;
        }

        if (isHalfWay)
        {
            var tree = await shards.ListAsync(TimeSpan.Zero, cancellationToken).ConfigureAwait(false);
            await sync.AddMissingAsync(tree, leases, cancellationToken).ConfigureAwait(false);
            return;
        }

        await Task.Delay(LongestHold * context.NextDouble(), context.Time, cancellationToken).ConfigureAwait(false);
        if ((await context.Store.ListAsync(cancellationToken).ConfigureAwait(false)) is { Count: 0, Unreadable.Count: 0 })
        {
            // The look that counts for LATEST is the first one, however often the creation fails after it.
            var look = Volatile.Read(ref _firstLook) ?? new(stream.Now, context.Time.GetTimestamp());
            Volatile.Write(ref _firstLook, look);
            await sync.StartAsync(look.Instant, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Whether a worker that takes a lease at <c>LATEST</c> is the shard's first reader, moments after the lease was created: it then reads
    /// from the tip, as in every KCL.
    /// </summary>
    /// <param name="lease">The lease before it is taken.</param>
    public bool IsFirstReader(Lease lease) =>
        Volatile.Read(ref _firstLook) is { } look && context.Time.GetElapsedTime(look.At) < FirstReaderFor
        && lease is { Owner: null, Counter: 0, OwnerSwitchesSinceCheckpoint: 0 } && LeaseAnnotations.StartOf(lease) is { IsObserved: false };

    /// <param name="Instant">From which instant nothing is missed that was put after the look.</param>
    /// <param name="At">The clock's timestamp of the look.</param>
    private sealed record Look(DateTimeOffset Instant, long At);
}
